//! Counts tests in the words of those who ran them.

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Counts {
    pub passed: usize,
    pub failed: usize,
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Rust's own tests and those of wasm-bindgen: `test result: ok. 12 passed; 0 failed; …`.
pub fn rust(output: &str) -> Counts {
    let results = output.lines().filter(|line| line.contains("test result: "));
    sum(results, |line| (before(line, " passed"), before(line, " failed")))
}

/// Of a run of `wasm-pack test`, only the suites that a browser opened: examples in the
/// documentation are compiled for wasm and counted, but run nowhere.
pub fn browser(output: &str) -> Counts {
    let mut opened = false;
    let results = output.lines().filter(|line| {
        opened |= line.contains("Running headless tests in ");
        line.contains("test result: ") && std::mem::take(&mut opened)
    });
    rust(&results.collect::<Vec<_>>().join("\n"))
}

/// `node --test`: `# pass 12` or `ℹ pass 12`.
pub fn node(output: &str) -> Counts {
    sum(output.lines(), |line| match line.split_whitespace().collect::<Vec<_>>()[..] {
        ["#" | "ℹ", "pass", n] => (n.parse().ok(), None),
        ["#" | "ℹ", "fail", n] => (None, n.parse().ok()),
        _ => (None, None),
    })
}

/// Playwright's last lines: `  12 passed (3.4s)`, `  1 failed`.
pub fn playwright(output: &str) -> Counts {
    sum(output.lines(), |line| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [n, "passed", ..] => (n.parse().ok(), None),
        [n, "failed"] => (None, n.parse().ok()),
        _ => (None, None),
    })
}

/// A suite that wasm-bindgen passed over, because it lacks `run_in_browser`.
pub fn was_skipped_in_browser(output: &str) -> bool {
    output.contains("only configured to run in node.js")
}

fn sum<'a>(lines: impl Iterator<Item = &'a str>, read: impl Fn(&str) -> (Option<usize>, Option<usize>)) -> Counts {
    lines.fold(Counts::default(), |mut sum, line| {
        let (passed, failed) = read(line);
        sum += Counts { passed: passed.unwrap_or(0), failed: failed.unwrap_or(0) };
        sum
    })
}

/// The number that stands before `word`.
fn before(line: &str, word: &str) -> Option<usize> {
    line.split(word).next()?.rsplit(' ').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rusts_results_are_summed_over_suites() {
        let output = "running 2 tests\ntest a_passed ... ok\n\
            test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
            test result: FAILED. 11 passed; 3 failed; 0 ignored; 0 measured\n";
        assert_eq!(rust(output), Counts { passed: 13, failed: 3 });
        assert_eq!(rust("no tests to run!"), Counts::default());
    }

    #[test]
    fn only_suites_that_a_browser_opened_count_as_its_tests() {
        let output = "Running headless tests in Chrome on `http://127.0.0.1:1/`\n\
            test result: ok. 2 passed; 0 failed;\n   Doc-tests homebody\n\
            test result: ok. 1 passed; 0 failed;\n";
        assert_eq!(browser(output), Counts { passed: 2, failed: 0 });
    }

    #[test]
    fn nodes_results_are_read_in_both_reporters() {
        assert_eq!(node("ℹ tests 5\nℹ pass 4\nℹ fail 1\n"), Counts { passed: 4, failed: 1 });
        assert_eq!(node("# pass 4\n# fail 0\n# skipped 1"), Counts { passed: 4, failed: 0 });
    }

    #[test]
    fn playwrights_last_lines_are_read() {
        let output = "  ok 1 a.spec.mjs:3:1 › nothing failed (1.2s)\n  1 failed\n    a.spec.mjs\n  12 passed (3.4s)\n";
        assert_eq!(playwright(output), Counts { passed: 12, failed: 1 });
    }

    #[test]
    fn a_suite_that_only_pretends_is_seen() {
        let output = "this test suite is only configured to run in node.js, but we're only testing \
                      browser tests so skipping";
        assert!(was_skipped_in_browser(output));
        assert!(!was_skipped_in_browser("test result: ok. 1 passed"));
    }
}
