"""The demo: an embedded mailbox with NetEase's habits and the letters of an invented campaign."""
