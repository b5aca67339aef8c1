use sandbox_rt::enter;

fn main() -> std::io::Result<()> {
    enter!(fds(stdout = write))?;
    Ok(())
}
