"""页面: one page a file - each reads through `queries`, shows a template, and leaves every decision to `decide`."""
