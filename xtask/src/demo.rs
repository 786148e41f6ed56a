//! `cargo xtask demo`: from whatever is there to a shop in the browser.

use std::fs;
use std::path::{Path, PathBuf};

use crate::stamp::Stamp;
use crate::step::{Result, cargo, command, run as run_command, step};
use crate::{package, paths, serve, tools};

#[derive(Debug, PartialEq)]
pub struct Options {
    port: u16,
    check: bool,
    data: Option<PathBuf>,
    /// How to read `data`; goes to `homebody import`.
    columns: Vec<String>,
}

impl Options {
    pub fn parse(arguments: &[String]) -> Result<Self> {
        let mut options = Self { port: 8080, check: false, data: None, columns: Vec::new() };
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--check" => options.check = true,
                "--port" => {
                    let value = rest.next().map_or("", String::as_str);
                    options.port =
                        value.parse().map_err(|_| format!("--port needs a number from 0 to 65535, not `{value}`"))?;
                }
                "--data" => {
                    let file = rest.next().ok_or("--data needs the name of a CSV or Parquet file")?;
                    options.data = Some(paths::absolute(file));
                }
                "--" => options.columns.extend(rest.by_ref().cloned()),
                other => {
                    return Err(format!("`cargo xtask demo` knows --port, --data and --check, not `{other}`"));
                }
            }
        }
        if options.data.is_none() && !options.columns.is_empty() {
            return Err("flags after `--` describe the columns of a --data FILE, which is missing".into());
        }
        Ok(options)
    }
}

/// What the demo's shop shows: less than this says too little about an item to place it.
const OFTEN_ENOUGH: [&str; 4] = ["--min-orders", "5", "--min-users", "3"];
/// The demo's categories from which no profile learns.
const SENSITIVE: &str = "www/data/sensitive.txt";
/// A table of one's own may be small, and who brings it wants to see all of it.
const EVERY_ITEM: [&str; 6] = ["--min-orders", "1", "--min-users", "1", "--min-shoppers", "1"];

/// `cargo xtask demo`
pub fn run(options: &Options) -> Result {
    // Said now, not after minutes of building.
    if let Some(table) = options.data.as_ref().filter(|table| !table.is_file()) {
        return Err(format!("--data names {}, which is no file", table.display()));
    }
    let shop = match &options.data {
        None => build()?,
        Some(table) => {
            build_parts()?;
            own_shop(table, &options.columns)?
        }
    };
    if options.check { serve::visit(&shop, "tests/e2e/check.mjs", &[]) } else { serve::open(&shop, options.port) }
}

/// All that the demo's pages need; the folder of its shop.
pub fn build() -> Result<PathBuf> {
    build_parts()?;
    build_shop()
}

fn build_parts() -> Result {
    tools::for_program()?;
    tools::for_package()?;
    package::build()
}

/// The pictures in `docs/pictures/`, of a visit that is the same each time. `cargo xtask shots`
pub fn shots() -> Result {
    serve::visit(&build()?, "tests/e2e/shots.mjs", &["docs/pictures"])
}

/// The demo's shop, trained on the data in the repository: the folder that `serve` wants.
pub fn build_shop() -> Result<PathBuf> {
    let [purchases, items] = ["www/data/purchases.parquet", "www/data/items.parquet"].map(Path::new);
    let import = [purchases.to_owned(), "--items".into(), items.to_owned()];
    let flags = [&OFTEN_ENOUGH[..], &["--sensitive", SENSITIVE]].concat();
    train("demo", &[purchases, items], &import, &flags, true)
}

/// A shop of the user's own table.
fn own_shop(table: &Path, columns: &[String]) -> Result<PathBuf> {
    let mut import = vec![table.to_owned()];
    import.extend(columns.iter().map(PathBuf::from));
    train("demo-own", &[table], &import, &EVERY_ITEM, false)
}

fn train(name: &str, inputs: &[&Path], import: &[PathBuf], flags: &[&str], households: bool) -> Result<PathBuf> {
    build_program()?;
    let program = paths::program();
    let folder = paths::target().join(name);
    let (data, shop) = (folder.join("data"), folder.join("shop"));
    let homebody = || command(&program);

    let words = import.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let inputs: Vec<&Path> = inputs.iter().copied().chain([program.as_path()]).collect();
    let outputs = [data.as_path()];
    Stamp::new(&format!("{name}-import"), &inputs, &outputs).with(&words).build("purchases cleaned", || {
        empty(&data)?;
        run_command(homebody().arg("import").args(import).arg("--out").arg(&data))
    })?;

    let files = flags.iter().map(Path::new).filter(|word| word.is_file());
    let inputs: Vec<&Path> = [data.as_path(), program.as_path()].into_iter().chain(files).collect();
    let trained = Stamp::new(&format!("{name}-train"), &inputs, &[&shop]).with(&flags.join(" "));
    trained.build("item factors trained", || {
        empty(&shop)?;
        let mut train = homebody();
        train.arg("train").arg(&data).arg("--out").arg(&shop).args(flags);
        if households {
            // The page plays their year back: what it predicts must not have been learnt from them.
            run_command(homebody().arg("households").arg(&data).arg("--out").arg(&shop))?;
            train.arg("--without").arg(shop.join("households.json"));
        }
        run_command(&mut train)
    })?;
    Ok(shop)
}

/// The program with optimisation: training without it would take ten times as long.
pub fn build_program() -> Result {
    // Cargo knows best whether it is done.
    step("the program homebody", false, || {
        if !paths::program().is_file() {
            println!("        compiling it the first time takes a few minutes");
        }
        run_command(cargo().args(["build", "--release", "-p", "homebody-cli"]))
    })
}

/// Makes a folder with nothing in it.
pub fn empty(folder: &Path) -> Result {
    let _ = fs::remove_dir_all(folder);
    fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Options> {
        Options::parse(&line.split_whitespace().map(String::from).collect::<Vec<_>>())
    }

    #[test]
    fn options_are_read() {
        let options = parse("--port 9000 --check --data mine.csv -- --user buyer").unwrap();
        assert_eq!(options.port, 9000);
        assert!(options.check);
        assert!(options.data.unwrap().ends_with("mine.csv"));
        assert_eq!(options.columns, ["--user", "buyer"]);
    }

    #[test]
    fn a_wrong_option_is_named() {
        assert!(parse("--prot 9000").unwrap_err().contains("--prot"));
        assert!(parse("--port many").unwrap_err().contains("many"));
        assert!(parse("-- --user buyer").unwrap_err().contains("--data"));
    }
}
