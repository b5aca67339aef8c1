#![allow(dead_code)]

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, UdpSocket};

use sandbox_rt::{dir, open, sandboxed};

struct Args {
    lease: String,
    log: Option<String>,
}

#[sandboxed(
    fds(
        let args = Args { lease: "lease".into(), log: None },
        let (reader, writer): (io::PipeReader, io::PipeWriter) = io::pipe()?,
        reader = read,
        writer = write,
        mut lease = open(&args.lease).create(0o600) => read + write + seek + fsync,
        log = args.log.as_deref().map(open) => read,
        input = open("-").or_std("-") => read,
        out: File = open("x").create_new(0o600).append() => write,
        rx = UdpSocket::bind(("0.0.0.0", 68))? => recv + event,
        server = TcpListener::bind("127.0.0.1:0")? => accept(recv + send + shutdown) + event,
        conf = dir("/etc/dhclient") => lookup + read,
        state = Some(dir("/var")) => lookup + read + create + write + mkdirat,
        many: Vec<File> = ["a", "b"].iter().map(File::open).collect::<Result<_, _>>()? => read,
        tty = File::open("/dev/tty")? => read + ioctl(libc::TIOCGWINSZ, 0x5413) + fcntl(getfl, setfl),
    ),
    allow(threads),
    on_violation = kill,
)]
fn run() -> io::Result<()> {
    lease.write_all(args.lease.as_bytes())?;
    (&input).read_to_end(&mut Vec::new())?;
    for name in conf.entries()? {
        println!("{:?}", name?);
    }
    drop((log, out, rx, server, state, many, tty));
    Ok(())
}

fn main() {}
