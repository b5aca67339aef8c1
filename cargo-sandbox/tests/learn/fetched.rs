//! Programs of other people, from crates.io: their work is put into a function, the function is learned from nothing, and
//! runs confined by what was learned.

use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::MetadataCommand;

use crate::desk::{Desk, changed, copy, runtime};

const PROGRAMS: [(&str, &str); 2] = [("zopfli", "0.8.4"), ("data-encoding-bin", "0.3.10")];
/// The versions of them, of what they depend on, and of what `sandbox-rt` does; a test with BLESS=1 writes it anew.
const LOCK: &str = "tests/learn/programs.lock";
const TEXT: &str = "quiet words\n";

const COMPRESS: &str = "
#[sandbox_rt::sandboxed(learn)]
fn compress(options: zopfli::Options, format: zopfli::Format, file: File, out_file: File) -> io::Result<usize> {
    let mut out_file = WriteStatistics::new(out_file);
    zopfli::compress(options, format, &file, &mut out_file)?;
    Ok(out_file.count)
}
";

/// A compressor that writes `FILE.gz` beside each FILE.
#[test]
fn zopfli_from_nothing() {
    let desk = fetched("zopfli", |source| {
        let source = changed(&source, "        let mut out_file = WriteStatistics::new(out_file);\n\n", "");
        let source = changed(
            &source,
            "zopfli::compress(options, output_type, &file, &mut out_file)",
            "let out_size = compress(options, output_type, file, out_file)",
        );
        let source = changed(&source, "\n        let out_size = out_file.count;\n", "");
        source + COMPRESS
    });
    desk.succeed("cargo sandbox learn --file learned --apply -- cargo run -- words");
    is_learned(&desk, "#[sandbox_rt::sandboxed(fds(file = read, out_file = write))]");
    desk.succeed("rm words.gz; cargo run --quiet -- words");
    assert_eq!(desk.succeed("gzip -dc words.gz"), TEXT);
}

/// The end of its main function, and what comes then.
const ENCODING: &str = "\
    work(mode, &base, spec.wrap.width, input, output, size)
}

fn copy(stream: impl std::os::fd::AsFd) -> std::io::Result<File> {
    stream.as_fd().try_clone_to_owned().map(File::from)
}

#[sandbox_rt::sandboxed(learn)]
fn work(mode: bool, base: &Encoding, wrap: usize, input: File, output: File, size: usize) -> Result<()> {
    let output = std::io::BufWriter::new(output);
    if mode {
        encode(base, wrap,";

/// base64 and its like, from and to files or standard streams: two ways to use it, learned one after the other.
#[test]
fn data_encoding_from_nothing() {
    let desk = fetched("data-encoding-bin", |source| {
        let (source, _) = source.split_once("// TODO: Change").expect("standard output without a buffer");
        let mut source = source.to_owned();
        for (old, new) in [
            ("let input: Box<dyn Read> =", "let input ="),
            ("let mut output: Box<dyn Write> =", "let output ="),
            (
                "Box::new(File::open(&file).map_err(|e| Error::IO(file, e))?)",
                "File::open(&file).map_err(|e| Error::IO(file, e))?",
            ),
            (
                "Box::new(File::create(&file).map_err(|e| Error::IO(file, e))?)",
                "File::create(&file).map_err(|e| Error::IO(file, e))?",
            ),
            ("Box::new(std::io::stdin())", "copy(std::io::stdin()).map_err(Error::Read)?"),
            ("        stdout()\n", "        copy(std::io::stdout()).map_err(Error::Write)?\n"),
            ("    output = Box::new(std::io::BufWriter::new(output));\n", ""),
            ("    if mode {\n        encode(&base, spec.wrap.width,", ENCODING),
            ("decode(&base, input, output, size)", "decode(base, input, output, size)"),
        ] {
            source = changed(&source, old, new);
        }
        source
    });
    desk.succeed("cargo sandbox learn --file learned -- cargo run -- -m enc -b 64 -i words -o words.64");
    let said = desk.succeed("cargo sandbox learn --file learned --apply -- cargo run -- -m dec -b 64 < words.64");
    assert!(said.contains(TEXT) && said.contains("entered 2 times"), "{said}");
    is_learned(&desk, "#[sandbox_rt::sandboxed(fds(input = read, output = write))]");
    desk.succeed("rm words.64; cargo run --quiet -- -m enc -b 64 -i words -o words.64");
    assert_eq!(desk.read("words.64"), "cXVpZXQgd29yZHMK");
    assert_eq!(desk.succeed("cargo run --quiet -- -m dec -b 64 < words.64"), TEXT);
}

/// That the source says this now, and that it is what an ordinary build enforces.
#[track_caller]
fn is_learned(desk: &Desk, declaration: &str) {
    let source = desk.read("src/main.rs");
    assert!(source.contains(&format!("{declaration}\n")), "{source}");
    let binary = desk.succeed("cargo build --message-format=json-render-diagnostics");
    let binary = binary.lines().rev().find_map(|line| line.split_once("\"executable\":\"")?.1.split_once('"'));
    let (binary, _) = binary.expect("a binary");
    desk.fail(&format!("cargo sandbox why {binary} 'openat(\"/etc/passwd\")'"), 1);
}

/// The program with its source changed, as a package of its own with the locked versions. What only its own tests need is
/// left out.
fn fetched(name: &str, change: impl Fn(String) -> String) -> Desk {
    let mut desk = Desk::new();
    let sources = sources(&mut desk);
    let (_, version) = PROGRAMS.iter().find(|(known, _)| *known == name).expect("a version");
    let lock = desk.read("Cargo.lock");

    desk.here = desk.folder.path().join(name);
    copy(&sources.join(format!("{name}-{version}")), &desk.here);
    let manifest = desk.read("Cargo.toml");
    let (manifest, _) = manifest.split_once("[dev-dependencies").unwrap_or((&manifest, ""));
    let path = runtime();
    let more = format!("\n[dependencies.sandbox-rt]\npath = \"{}\"\n[workspace]\n", path.display());
    desk.write("Cargo.toml", &(manifest.to_owned() + &more));
    desk.write("Cargo.lock", &lock);
    desk.write("src/main.rs", &change(desk.read("src/main.rs")));
    desk.write("words", TEXT);
    desk
}

/// Fetches the locked versions, which cargo checks by their sums; gives the folder in which their sources lie.
fn sources(desk: &mut Desk) -> PathBuf {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join(LOCK);
    desk.here.push("fetched");
    let versions = PROGRAMS.map(|(name, version)| format!("{name} = \"={version}\"\n")).concat();
    let manifest = "[package]\nname = \"programs\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n";
    let own = format!("sandbox-rt = {{ path = \"{}\" }}\n", runtime().display());
    desk.write("Cargo.toml", &format!("{manifest}{own}{versions}"));
    desk.write("src/lib.rs", "");
    if std::env::var_os("BLESS").is_some() {
        desk.succeed("cargo generate-lockfile");
        fs::copy(desk.here.join("Cargo.lock"), &lock).expect("a lock");
    }
    fs::copy(&lock, desk.here.join("Cargo.lock")).unwrap_or_else(|error| panic!("{LOCK}: {error}"));
    desk.succeed("cargo fetch --locked");
    let metadata = MetadataCommand::new()
        .current_dir(&desk.here)
        .other_options(["--locked".to_owned(), "--offline".to_owned()])
        .exec()
        .expect("the packages");
    // Not all are listed: a program without a library is fetched and no more. They lie side by side.
    let (name, _) = PROGRAMS[0];
    let listed = metadata.packages.iter().find(|package| package.name == name).expect("it has a library");
    listed.manifest_path.ancestors().nth(2).expect("the sources of the registry").into()
}
