"""工作台: the web page where the office's two people run the campaign - pages read the books, one module decides, nothing here judges.

Reads live in `queries`, writes in `decide`; `door` admits, `pages` show, `shown` holds labels, rows and forms; `app` puts it together, `server`
opens it, `duty` is the desk within the day's work. No page asks the internet for anything, every page is whole without a script, and
untrusted bytes never reach this process but as text or as a picture a child drew.
"""
