"""养护: what keeps the office sound - the check-up, copies that are proven, the weekly look at every kept byte, letting go of a year's papers."""
