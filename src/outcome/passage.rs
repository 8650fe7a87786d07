//! What became of a gate.

use crate::plan::gate::Choice;

/// What a gate did in the first attempt at the programme.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passage {
    /// Its criteria did not let a wave pass that was due. (A wave that waits for a decision only, or for the stage before to
    /// have lasted long enough, is not held by them.)
    pub held: bool,
    /// What was decided last; `None` if nothing was before the horizon.
    pub decided: Option<Choice>,
    /// Its criteria did not let the wave pass until it had been held for too long, so that the plan's last resort was
    /// decided.
    pub ran_out: bool,
}

impl Passage {
    /// Did it stop the programme for good: by a rollback, by an end, or by holding until the horizon?
    pub fn stopped(&self) -> bool {
        match self.decided {
            Some(Choice::GoOn) => false,
            Some(Choice::RollBack | Choice::Stop) => true,
            None => self.held,
        }
    }
}
