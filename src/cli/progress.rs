//! How far somebody is in each lesson, kept in the user's data folder: one small file a lesson, so that a file that is
//! broken takes nothing else with it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::teach::Progress;

use super::{input, runs};

/// A longer file was not written by this program.
const LONGEST: u64 = 1 << 20;

fn folder() -> Option<PathBuf> {
    runs::data_folder().map(|data| data.join("progress"))
}

/// What was kept, and what is wrong with files that cannot be read.
pub(crate) fn all() -> (Vec<Progress>, Vec<String>) {
    let entries = folder().and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "ron"));
    paths.sort();
    let (mut kept, mut broken) = (Vec::new(), Vec::new());
    for path in paths {
        match read(&path) {
            Ok(progress) => kept.push(progress),
            Err(why) => broken.push(why),
        }
    }
    (kept, broken)
}

fn read(path: &Path) -> Result<Progress, String> {
    let name = input::name_of(path);
    if fs::metadata(path).is_ok_and(|data| data.len() > LONGEST) {
        return Err(format!("{name}: this file is too long to be anybody's progress"));
    }
    let text = input::read(path).map_err(|error| error.to_string())?;
    Progress::parse(&name, &text).map_err(|error| error.to_string())
}

/// Keeps this, in place of what was kept of the lesson before.
pub(crate) fn keep(progress: &Progress) -> Result<(), String> {
    let folder = folder().ok_or("there is no home folder")?;
    fs::create_dir_all(&folder).map_err(|error| input::reason(Path::new(""), &error))?;
    runs::prune_parts(&folder);
    // A lesson's id alone can be a name that a system keeps for itself, like `con`.
    let path = folder.join(format!("lesson-{}.ron", progress.lesson));
    // Another window may have finished it meanwhile.
    let progress = progress.clone().with_best_of(read(&path).ok().as_ref());
    runs::write_whole(&path, &progress.to_ron(), true)
}
