//! What may happen in a search besides deliveries, and how often.

use std::fmt;
use std::str::FromStr;

/// What may happen besides that messages are delivered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
pub enum Chance {
    Drop,
    Duplicate,
    /// A process goes down. One that is down may then come back at any time, which costs nothing.
    Crash,
    /// A process that is up crashes and comes back in the same step.
    Restart,
    Elect,
    Resend,
    Timeout,
    /// The next request of the workload.
    Request,
}

impl Chance {
    /// All of them, in the order of `enabled`.
    pub const ALL: [Self; 8] = [
        Self::Drop,
        Self::Duplicate,
        Self::Crash,
        Self::Restart,
        Self::Elect,
        Self::Resend,
        Self::Timeout,
        Self::Request,
    ];

    /// Its name, which is that of the action.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Crash => "crash",
            Self::Restart => "restart",
            Self::Elect => "elect",
            Self::Resend => "resend",
            Self::Timeout => "timeout",
            Self::Request => "request",
        }
    }
}

/// How often each of them may happen in one schedule. Nothing by default: messages are delivered, and that is all.
///
/// As text a list: `drop,elect=2,crash=*`. A name alone is once, but `request` alone is the whole workload; `*` is without
/// a limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Allow {
    times: [u8; 8],
}

/// Without a limit.
const ALWAYS: u8 = u8::MAX;

impl Allow {
    /// So often at most; `None` is without a limit. More than 254 times is without a limit too.
    #[must_use]
    pub fn with(mut self, chance: Chance, times: Option<u8>) -> Self {
        self.times[chance as usize] = times.unwrap_or(ALWAYS);
        self
    }

    /// How often it may happen; `None` is without a limit.
    pub const fn of(self, chance: Chance) -> Option<u8> {
        match self.times[chance as usize] {
            ALWAYS => None,
            times => Some(times),
        }
    }

    /// How often it may happen; 255 is without a limit.
    pub(super) const fn times(self) -> [u8; 8] {
        self.times
    }
}

impl FromStr for Allow {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut allow = Self::default();
        for item in text.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (name, times) = item.split_once('=').map_or((item, None), |(name, times)| (name, Some(times)));
            let Some(chance) = Chance::ALL.into_iter().find(|chance| chance.name() == name) else {
                let names = Chance::ALL.map(Chance::name).join(", ");
                return Err(format!("expected some of {names} besides deliveries, not {name:?}"));
            };
            let times = match times {
                None if chance == Chance::Request => ALWAYS,
                None => 1,
                Some("*") => ALWAYS,
                Some(number) => number
                    .parse()
                    .ok()
                    .filter(|number| *number < ALWAYS)
                    .ok_or_else(|| format!("expected a number of times up to 254, or * for any, in {item:?}"))?,
            };
            allow.times[chance as usize] = times;
        }
        Ok(allow)
    }
}

impl fmt::Display for Allow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let allowed = Chance::ALL.into_iter().filter(|chance| self.times[*chance as usize] > 0);
        for (place, chance) in allowed.enumerate() {
            let comma = if place > 0 { "," } else { "" };
            match self.times[chance as usize] {
                ALWAYS => write!(f, "{comma}{}=*", chance.name())?,
                times => write!(f, "{comma}{}={times}", chance.name())?,
            }
        }
        Ok(())
    }
}

/// What is left of a budget in one world.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Left(pub(super) [u8; 8]);

impl Left {
    pub(super) const fn has(self, chance: Chance) -> bool {
        self.0[chance as usize] > 0
    }

    /// Whether nothing but deliveries may happen.
    pub(super) const fn is_empty(self) -> bool {
        u64::from_ne_bytes(self.0) == 0
    }

    /// After it happened once.
    pub(super) const fn without(mut self, chance: Chance) -> Self {
        if self.is_counted(chance) {
            self.0[chance as usize] -= 1;
        }
        self
    }

    /// Whether it is used up some time.
    pub(super) const fn is_counted(self, chance: Chance) -> bool {
        let times = self.0[chance as usize];
        times > 0 && times < ALWAYS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_reads_as_it_prints() {
        let allow: Allow = "drop, elect=2,crash=*,request".parse().unwrap();
        assert_eq!(allow.to_string(), "drop=1,crash=*,elect=2,request=*");
        assert_eq!(allow.to_string().parse(), Ok(allow));
        assert_eq!("".parse(), Ok(Allow::default()));
        for bad in ["drops", "drop=", "drop=x", "drop=255", "drop=-1"] {
            assert!(bad.parse::<Allow>().is_err_and(|why| why.starts_with("expected ")), "{bad}");
        }
    }
}
