//! Why an event is not traded, and why lots begin, end and are small.

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $variant:ident = $code:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$about])* $variant,)* }

        impl $name {
            /// Every one of them.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The code in the tables.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }
        }
    };
}

named! {
    /// Why an event is not traded.
    Untraded {
        /// A signal is missing, or cannot be computed.
        NoSignal = "no_signal",
        /// No quarterly figure belongs to the announcement.
        NoFigure = "no_figure",
        /// Too few earlier forecast errors to standardise the surprise by.
        TooFewErrors = "too_few_errors",
        /// Too few earlier announcements to sort it among.
        TooFewEarlier = "too_few_earlier",
        /// Neither long nor short.
        NotSelected = "not_selected",
        /// Its weight cannot be computed: no volatility, no beta above zero, or a signal of zero.
        NoWeight = "no_weight",
        /// There is no beta to hedge with, or no benchmark.
        NoHedge = "no_hedge",
        /// How much of it trades is not known.
        NoVolume = "no_volume",
        /// No price could be traded within the days that the entry waits.
        NoPrice = "no_price",
        /// The data end before the entry.
        BeyondData = "beyond_data",
        /// The security's next announcement leaves no session to hold it.
        NextEvent = "next_event",
        /// As many lots were open as may be.
        MaxPositions = "max_positions",
        /// No gross exposure was left.
        MaxGross = "max_gross",
        /// No exposure to its security was left.
        MaxName = "max_name",
        /// Too little of it trades.
        Participation = "participation",
        /// The strategy had lost everything.
        Ruined = "ruined",
    }
}

named! {
    /// Why a lot was entered when it was.
    EntryReason {
        /// As the strategy says.
        Scheduled = "scheduled",
        /// The first price after the announcement was known: the one that the strategy names was before.
        AfterAnnouncement = "after_announcement",
        /// There was no price to trade at; the first one after.
        Waited = "waited",
    }
}

named! {
    /// Why a lot was left when it was.
    ExitReason {
        /// It was held for as long as the strategy says.
        Held = "held",
        /// The last close before the security's next announcement.
        NextEvent = "next_event",
        /// The first price after a close at which it had lost so much.
        Stop = "stop",
        /// The first price after a close at which it had gained so much.
        Target = "target",
        /// There was no price to trade at when it should have been left; the first one after.
        Waited = "waited",
        /// No price follows: left in the session after the last one, at that price.
        Delisted = "delisted",
        /// The data end: left at the last price.
        EndOfData = "end_of_data",
        /// The strategy had lost everything: left at the mark.
        Ruined = "ruined",
    }
}

named! {
    /// What made a lot smaller than its weight.
    CappedBy {
        /// The limit on gross exposure.
        Gross = "max_gross",
        /// The limit on one security.
        Name = "max_name",
        /// The share of what trades.
        Participation = "max_participation",
    }
}
