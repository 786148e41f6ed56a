//! Reports in SQLite. A report counts as stored only when its transaction is on the disk, and its
//! id counts once for ever.
//!
//! One thread writes. What arrives while it commits goes into the next transaction together, so
//! that a busy shop costs one flush of the disk for many reports.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use homebody::privacy::Type;
use rusqlite::{Connection, OpenFlags, params};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};

use super::refusal::Refusals;
use super::report::Report;
use crate::error::{Error, Result};

/// Reports that wait for the writer; more make their senders wait.
const QUEUE: usize = 1_024;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS reports (
        id            TEXT PRIMARY KEY,
        day           INTEGER NOT NULL,
        vocabulary    TEXT NOT NULL,
        bundle        TEXT NOT NULL,
        epsilon_milli INTEGER NOT NULL,
        clip          INTEGER NOT NULL,
        noised        TEXT NOT NULL,
        type          TEXT NOT NULL DEFAULT 'departments'
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS refusals (
        reason TEXT PRIMARY KEY,
        count  INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// For a database from before there was more than one type.
const TYPES: &str = "ALTER TABLE reports ADD COLUMN type TEXT NOT NULL DEFAULT 'departments'";

pub struct Store {
    path: PathBuf,
    queue: mpsc::Sender<Job>,
    refusals: Arc<OnceLock<Arc<Refusals>>>,
}

/// The thread that writes.
pub struct Writer(JoinHandle<()>);

struct Job {
    report: Report,
    vocabulary: String,
    done: oneshot::Sender<Result<bool, String>>,
}

/// What a report's values stand for. Sums survive a training that keeps the departments.
pub fn vocabulary(kind: Type, departments: &[String]) -> String {
    let mut hash = Sha256::new();
    // Reports by department were stored under their names before there were other types.
    let labels = if kind == Type::Departments { departments.to_vec() } else { kind.labels(departments) };
    for label in labels {
        hash.update((label.len() as u64).to_le_bytes());
        hash.update(label);
    }
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

pub fn open(path: &Path) -> Result<(Store, Writer)> {
    let refused = |error: rusqlite::Error| Error::content(path, format!("cannot be used as a database: {error}"));
    let connection = Connection::open(path).map_err(refused)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(refused)?;
    // Each commit is flushed: what was answered with 2xx survives a power cut.
    connection.pragma_update(None, "synchronous", "FULL").map_err(refused)?;
    connection.busy_timeout(std::time::Duration::from_secs(2)).map_err(refused)?;
    connection.execute_batch(SCHEMA).map_err(refused)?;
    if !connection.column_exists(None, "reports", "type").map_err(refused)? {
        connection.execute_batch(TYPES).map_err(refused)?;
    }

    let (queue, jobs) = mpsc::channel(QUEUE);
    let refusals = Arc::new(OnceLock::new());
    let counts = refusals.clone();
    let writer = std::thread::spawn(move || write_all(connection, jobs, &counts));
    Ok((Store { path: path.into(), queue, refusals }, Writer(writer)))
}

impl Store {
    /// Says where refused reports are counted; the counts are written down with the next report.
    pub fn count_with(&self, refusals: Arc<Refusals>) {
        let _ = self.refusals.set(refusals);
    }

    /// Stores a report: `true` where it is new, `false` where its id was there already.
    pub async fn add(&self, report: Report, kind: Type, departments: &[String]) -> Result<bool, String> {
        let (done, answer) = oneshot::channel();
        let job = Job { report, vocabulary: vocabulary(kind, departments), done };
        self.queue.send(job).await.map_err(|_| "the writer has ended")?;
        answer.await.map_err(|_| "the writer has ended")?
    }

    /// A connection that can only read.
    pub fn reader(&self) -> rusqlite::Result<Connection> {
        Connection::open_with_flags(&self.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
    }
}

impl Writer {
    /// Waits for the last commit. The queue's senders must be gone.
    pub fn finish(self) {
        let _ = self.0.join();
    }
}

fn write_all(mut connection: Connection, mut jobs: mpsc::Receiver<Job>, refusals: &OnceLock<Arc<Refusals>>) {
    while let Some(job) = jobs.blocking_recv() {
        let mut batch = vec![job];
        while let Ok(job) = jobs.try_recv() {
            batch.push(job);
        }
        let result = commit(&mut connection, &batch, refusals.get());
        for (index, job) in batch.into_iter().enumerate() {
            let answer = result.as_ref().map(|new| new[index]).map_err(ToString::to_string);
            // The asker may have gone away; the report is stored all the same.
            let _ = job.done.send(answer);
        }
    }
    if let Err(error) = commit(&mut connection, &[], refusals.get()) {
        eprintln!("the last counts could not be stored: {error}");
    }
    // Leaves one file behind instead of three.
    let _ = connection.pragma_update(None, "wal_checkpoint", "TRUNCATE");
    let _ = connection.close();
}

/// Which of the reports were new, once all of them are on the disk.
fn commit(connection: &mut Connection, batch: &[Job], refusals: Option<&Arc<Refusals>>) -> rusqlite::Result<Vec<bool>> {
    let counts = refusals.map(|refusals| refusals.counts()).unwrap_or_default();
    let transaction = connection.transaction()?;
    let mut new = Vec::with_capacity(batch.len());
    {
        let mut insert = transaction
            .prepare_cached("INSERT INTO reports VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING")?;
        for Job { report, vocabulary, .. } in batch {
            let values = serde_json::to_string(&report.values).expect("numbers become JSON");
            let Report { id, day, bundle, epsilon_milli, clip, kind, .. } = report;
            new.push(insert.execute(params![id, day, vocabulary, bundle, epsilon_milli, clip, values, kind])? == 1);
        }
        let mut count = transaction.prepare_cached(
            "INSERT INTO refusals VALUES (?1, ?2) ON CONFLICT (reason) DO UPDATE SET count = count + ?2",
        )?;
        for (reason, n) in &counts {
            count.execute(params![reason, n.cast_signed()])?;
        }
    }
    transaction.commit()?;
    if let Some(refusals) = refusals {
        refusals.subtract(&counts);
    }
    Ok(new)
}
