//! Rows of a CSV file, one at a time: memory does not grow with the file.

use std::cell::Cell as Counter;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use csv::ByteRecord;

use super::columns::{self, Columns, Wanted};
use super::field::Field;
use super::filter::Filters;
use super::refusal::{Place, Reason, Refusal};
use super::row::{Cell, Each, Row, Source};
use crate::error::{Error, Result};
use crate::progress::Progress;

/// The most bytes of one record. Without it, a quote that is never closed would pull the rest of
/// the file into memory.
const MAX_RECORD: u64 = 4 << 20;

pub struct CsvSource {
    path: PathBuf,
    reader: csv::Reader<Bounded>,
    /// Bytes taken from the file since the last record.
    taken: Rc<Counter<u64>>,
    delimiter: u8,
    header: Option<Vec<String>>,
    columns: Columns,
    filters: Filters,
    width: usize,
    /// Read already, to learn the width of a table without a header.
    first: Option<ByteRecord>,
    bytes: u64,
}

impl CsvSource {
    pub fn open(path: &Path, header: bool, delimiter: Option<u8>, wanted: &Wanted) -> Result<Self> {
        let file = File::open(path).map_err(Error::file(path))?;
        let bytes = file.metadata().map_err(Error::file(path))?.len();
        let delimiter = match delimiter {
            Some(delimiter) => delimiter,
            None => guess_delimiter(path)?,
        };
        let taken = Rc::new(Counter::new(0));
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            // A carriage return before it is a blank at the end of the last field. The crate's own
            // treatment of CR LF would lose count of the lines.
            .terminator(csv::Terminator::Any(b'\n'))
            .buffer_capacity(1 << 16)
            .from_reader(Bounded { file, taken: taken.clone(), last: b'\n' });
        let mut source = Self {
            path: path.into(),
            reader,
            taken,
            delimiter,
            header: None,
            columns: Columns::default(),
            filters: Filters::default(),
            width: 0,
            first: None,
            bytes,
        };

        let mut first = ByteRecord::new();
        if !source.next(&mut first)? {
            return Err(Error::content(path, "the file is empty"));
        }
        source.width = first.len();
        let found = if header {
            let names = first.iter().map(|name| std::str::from_utf8(name).map(|n| n.trim().to_string()));
            let names = names
                .collect::<Result<Vec<_>, _>>()
                .map_err(|_| Error::content(path, "the header is not UTF-8; save the file as UTF-8"))?;
            let found = columns::by_header(&names, wanted);
            source.header = Some(names);
            found
        } else {
            source.first = Some(first);
            columns::by_number(source.width, wanted)
        };
        source.columns = found.map_err(|message| Error::content(path, message))?;
        let filters = Filters::new(&wanted.filters, source.header.as_deref().unwrap_or_default());
        source.filters = filters.map_err(|message| Error::content(path, message))?;
        Ok(source)
    }

    fn next(&mut self, record: &mut ByteRecord) -> Result<bool> {
        self.taken.set(0);
        let line = self.reader.position().line();
        self.reader.read_byte_record(record).map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(source) if source.kind() == std::io::ErrorKind::FileTooLarge => Error::content(
                &self.path,
                format!("the record at line {line} is longer than {} MiB: is a quote never closed?", MAX_RECORD >> 20,),
            ),
            csv::ErrorKind::Io(source) => Error::File { path: self.path.clone(), source },
            other => Error::content(&self.path, format!("line {line}: {other:?}")),
        })
    }

    fn row<'a>(&self, record: &'a ByteRecord, lines: u64) -> Result<Row<'a>, Refusal> {
        if record.len() != self.width {
            let whole = if lines > 1 {
                format!(" ({lines} lines read as one record: is a quote not closed?)")
            } else {
                String::new()
            };
            return Err(Refusal {
                reason: Reason::WrongColumns,
                place: Place::Column(record.len().min(self.width)),
                message: format!("{} columns; right would be {} as in the first line{whole}", record.len(), self.width),
            });
        }
        let mut row = Row::empty();
        for (field, column) in self.columns.found() {
            let text = std::str::from_utf8(&record[column]).map_err(|error| Refusal {
                reason: Reason::NotUtf8,
                place: Place::Column(column),
                message: format!(
                    "byte {} of the field (0x{:02x}) is not UTF-8; save the file as UTF-8",
                    error.valid_up_to() + 1,
                    record[column][error.valid_up_to()],
                ),
            })?;
            row.set(field, Cell::text(text));
        }
        Ok(row)
    }
}

impl Source for CsvSource {
    fn describe(&self) -> String {
        let delimiter = (self.delimiter as char).escape_default();
        let meaning = |(field, column): (Field, usize)| match &self.header {
            Some(header) => format!("{} = {}", field.name(), header[column]),
            None => format!("{} = {}", field.name(), column + 1),
        };
        let columns: Vec<String> = self.columns.found().map(meaning).collect();
        format!("CSV, separated by \"{delimiter}\": {}", columns.join(", "))
    }

    fn columns(&self) -> &Columns {
        &self.columns
    }

    fn header(&self) -> Option<&[String]> {
        self.header.as_deref()
    }

    fn rows(&mut self, each: &mut Each<'_>) -> Result<()> {
        let progress = Progress::bytes(self.bytes, "reading");
        let mut record = self.first.take().unwrap_or_default();
        let mut more = !record.is_empty() || self.next(&mut record)?;
        let mut told = 0;
        while more {
            let after = self.reader.position();
            // Telling the bar about each row would cost more than reading it.
            if after.byte() - told > 1 << 20 {
                progress.advance(after.byte() - told);
                told = after.byte();
            }
            let blank = record.len() == 1 && record[0].trim_ascii().is_empty();
            // A row of another width goes on, and is refused.
            let passes =
                record.len() != self.width || self.filters.keep(|column| String::from_utf8_lossy(&record[column]));
            if !blank && passes {
                // Blank lines before a record are counted when it is read: so count from its end.
                let inner = record.as_slice().iter().filter(|byte| **byte == b'\n').count() as u64;
                let start =
                    (after.line() - 1).saturating_sub(inner).max(record.position().map_or(1, csv::Position::line));
                each(start, self.row(&record, inner + 1))?;
            }
            more = self.next(&mut record)?;
        }
        self.filters.finish().map_err(|message| Error::content(&self.path, message))
    }
}

/// A file that refuses to be read further than one record may be long, and ends its last line.
struct Bounded {
    file: File,
    taken: Rc<Counter<u64>>,
    last: u8,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.taken.get() > MAX_RECORD {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let n = self.file.read(buffer)?;
        if n > 0 {
            self.last = buffer[n - 1];
            self.taken.set(self.taken.get() + n as u64);
            return Ok(n);
        }
        if self.last == b'\n' || buffer.is_empty() {
            return Ok(0);
        }
        (self.last, buffer[0]) = (b'\n', b'\n');
        Ok(1)
    }
}

/// The usual separator that the first line holds most often, outside of quotes.
fn guess_delimiter(path: &Path) -> Result<u8> {
    let mut line = Vec::new();
    let file = File::open(path).map_err(Error::file(path))?;
    BufReader::new(file.take(1 << 16)).read_until(b'\n', &mut line).map_err(Error::file(path))?;
    let mut quoted = false;
    let mut counts = [0usize; 256];
    for byte in line {
        quoted ^= byte == b'"';
        counts[byte as usize] += usize::from(!quoted);
    }
    // The last of equals wins: the comma.
    Ok(*b"|\t;,".iter().max_by_key(|c| counts[**c as usize]).expect("four candidates"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(content: &[u8], header: bool, wanted: Wanted) -> Vec<(u64, Result<String, Reason>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut source = CsvSource::open(file.path(), header, None, &wanted).unwrap();
        let mut rows = Vec::new();
        source
            .rows(&mut |line, row| {
                let row = row.map(|row| format!("{:?} {:?}", row.get(Field::User), row.get(Field::Item)));
                rows.push((line, row.map_err(|refusal| refusal.reason)));
                Ok(())
            })
            .unwrap();
        rows
    }

    fn pair(user: &str, item: &str) -> Result<String, Reason> {
        Ok(format!("Text({user:?}) Text({item:?})"))
    }

    #[test]
    fn byte_order_mark_quotes_and_other_separators() {
        let expected = vec![(2, pair("u;1", "i\"1"))];
        assert_eq!(rows(b"\xef\xbb\xbfuser,item\r\nu;1,\"i\"\"1\"\r\n", true, Wanted::default()), expected);
        assert_eq!(rows(b"user;item\n\"u;1\";\"i\"\"1\"\n", true, Wanted::default()), expected);
        assert_eq!(rows(b"user\titem\nu;1\t\"i\"\"1\"", true, Wanted::default()), expected);
    }

    #[test]
    fn lines_are_counted_through_quoted_line_ends_and_blank_lines() {
        let expected = [(2, pair("a\nb", "1")), (5, pair("c", "2"))];
        for file in ["user,item\n\"a\nb\",1\n\nc,2\n", "user,item\r\n\"a\nb\",1\r\n\r\nc,2"] {
            assert_eq!(rows(file.as_bytes(), true, Wanted::default()), expected, "{file:?}");
        }
    }

    #[test]
    fn torn_rows_are_refused_one_by_one() {
        let got = rows(b"user,item\na\nb,1,2\n\xe9,1\nc,3\n", true, Wanted::default());
        let expected = [
            (2, Err(Reason::WrongColumns)),
            (3, Err(Reason::WrongColumns)),
            (4, Err(Reason::NotUtf8)),
            (5, pair("c", "3")),
        ];
        assert_eq!(got, expected);
    }

    #[test]
    fn a_quote_left_open_says_how_many_lines_it_took() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "user,item\na,1\n\"b,2\nc,3\n").unwrap();
        let mut source = CsvSource::open(file.path(), true, None, &Wanted::default()).unwrap();
        let mut refused = None;
        let mut take = |line, row: Result<Row<'_>, Refusal>| {
            refused = row.err().map(|refusal| (line, refusal.message));
            Ok(())
        };
        source.rows(&mut take).unwrap();
        let (line, message) = refused.unwrap();
        assert!(line == 3 && message.contains("is a quote not closed?"), "{line} {message}");
    }

    #[test]
    fn without_a_header_the_first_line_is_a_row() {
        let wanted = Wanted { named: vec![(Field::User, "2".into()), (Field::Item, "1".into())], ..Wanted::default() };
        assert_eq!(rows(b"i1,u1\ni2,u2\n", false, wanted), [(1, pair("u1", "i1")), (2, pair("u2", "i2"))]);
    }

    #[test]
    fn a_quote_that_is_never_closed_stops_the_import() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let content = [b"user,item\n\"a,1\n".as_slice(), &b"b,2\n".repeat(2_000_000)].concat();
        std::fs::write(file.path(), content).unwrap();
        let mut source = CsvSource::open(file.path(), true, None, &Wanted::default()).unwrap();
        let error = source.rows(&mut |_, _| Ok(())).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("quote"), "{error}");
    }

    #[test]
    fn an_empty_file_is_said_to_be_empty() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let error = CsvSource::open(file.path(), true, None, &Wanted::default()).err().unwrap();
        assert!(error.to_string().ends_with("the file is empty"), "{error}");
    }
}
