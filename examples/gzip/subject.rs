//! What is being worked on, and how much is said about it: handed to the worker, which speaks about the data itself.

/// One input, in the user's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Subject {
    /// The name that messages begin with.
    pub(crate) program: String,
    pub(crate) input: String,
    pub(crate) output: String,
    /// Whether the input is a file that was named, and not standard input.
    pub(crate) named: bool,
    pub(crate) quiet: bool,
    pub(crate) verbose: bool,
}

impl Subject {
    /// How many arguments it is.
    pub(crate) const ARGUMENTS: usize = 4;

    pub(crate) fn to_arguments(&self) -> [String; Self::ARGUMENTS] {
        let letters = [(self.named, 'n'), (self.quiet, 'q'), (self.verbose, 'v')];
        let letters = letters.into_iter().filter_map(|(set, letter)| set.then_some(letter)).collect();
        [self.program.clone(), self.input.clone(), self.output.clone(), letters]
    }

    pub(crate) fn from_arguments([program, input, output, letters]: [String; Self::ARGUMENTS]) -> Self {
        let [named, quiet, verbose] = ['n', 'q', 'v'].map(|letter| letters.contains(letter));
        Self { program, input, output, named, quiet, verbose }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_survives_the_command_line() {
        for bits in 0..8 {
            let [named, quiet, verbose] = [1, 2, 4].map(|bit| bits & bit != 0);
            let [program, input, output] = ["zcat", "a", ""].map(str::to_owned);
            let subject = Subject { program, input, output, named, quiet, verbose };
            assert_eq!(Subject::from_arguments(subject.to_arguments()), subject);
        }
    }
}
