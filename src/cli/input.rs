//! Reading a file that the command line names.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::script::{FileError, Position};

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Longer files are refused: they cannot have been meant.
const MOST_BYTES: u64 = 64 << 20;

/// The name of a file as its user knows it.
pub(crate) fn name_of(path: &Path) -> String {
    if path.as_os_str() == STANDARD_INPUT { "standard input".to_owned() } else { path.display().to_string() }
}

/// The file's text; `-` is standard input.
pub(crate) fn read(path: &Path) -> Result<String, FileError> {
    let name = name_of(path);
    let fail = |what: String| FileError::new(&name, Position::default(), what);
    let bytes = read_bytes(path).map_err(|error| fail(reason(path, &error)))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(fail(format!("the file is longer than {} MB, too long to be meant", MOST_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]).into_owned();
        let at = Position::of_byte(&before, before.len());
        FileError::new(&name, at, "the file is not text: expected UTF-8")
    })
}

fn read_bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == STANDARD_INPUT {
        io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    } else {
        fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Why a file cannot be read or written, in words that do not differ between systems.
pub(crate) fn reason(path: &Path, error: &io::Error) -> String {
    match error.kind() {
        _ if path.is_dir() => "this is a directory: expected a file".to_owned(),
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}
