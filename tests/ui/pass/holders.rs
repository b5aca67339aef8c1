#![allow(dead_code)]

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fs::File;
use std::io::{BufReader, BufWriter, LineWriter, Stdin, Take};
use std::net::{TcpListener, TcpStream};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::rc::Rc;
use std::sync::Arc;

use sandbox_rt::{Dir, sandboxed};

#[sandboxed(fds(a = read, b = read, c = read, d = read, e = read, f = read))]
fn containers(
    a: Option<File>,
    b: Vec<Option<TcpStream>>,
    c: &[File],
    d: [File; 2],
    e: (File, TcpStream),
    f: Box<[Option<File>]>,
) {
}

#[sandboxed(fds(a = read, b = read, c = read))]
fn maps(a: HashMap<String, TcpStream>, b: BTreeMap<u8, File>, c: VecDeque<OwnedFd>) {}

#[sandboxed(fds(a = read, b = write, c = write, d = read, e = read))]
fn wrappers(a: &mut BufReader<File>, b: BufWriter<File>, c: LineWriter<TcpStream>, d: Take<File>, e: Vec<BufReader<File>>) {
}

#[sandboxed(fds(a = read, b = read, c = read, d = read, e = lookup + read))]
fn pointers(a: Arc<File>, b: Rc<Vec<File>>, c: &&File, d: BorrowedFd<'_>, e: &Dir) {}

trait ReadFd: std::io::Read + AsFd {}
impl<T: std::io::Read + AsFd> ReadFd for T {}

#[sandboxed(fds(a = read, b = read + isatty, c = accept(read)))]
fn objects(a: Box<dyn ReadFd>, b: Stdin, c: TcpListener) {}

fn main() {}
