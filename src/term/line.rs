//! What is known of the line to the terminal before the terminal has said a word.

/// Whether what is written, or asked, may take its time on its way: over a network, or over a serial line that is slower
/// than a pseudo-terminal pretends to be.
pub(super) fn is_long() -> bool {
    const NETWORK: [&str; 2] = ["SSH_CONNECTION", "SSH_TTY"];
    NETWORK.into_iter().any(|name| std::env::var_os(name).is_some()) || is_slow()
}

#[cfg(unix)]
fn is_slow() -> bool {
    /// Bits a second; most other systems give their pseudo-terminals the speed of a modem.
    const OF_PSEUDO_TERMINAL: u32 = if cfg!(target_os = "linux") { 38_400 } else { 9_600 };
    let modes = rustix::termios::tcgetattr(std::io::stdout());
    modes.is_ok_and(|modes| (1..OF_PSEUDO_TERMINAL).contains(&modes.output_speed()))
}

#[cfg(not(unix))]
fn is_slow() -> bool {
    false
}
