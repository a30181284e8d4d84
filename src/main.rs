//! The `vigie` binary: install error reports, run the command line, map the result to an exit code.

fn main() -> std::process::ExitCode {
    vigie::cli::main()
}
