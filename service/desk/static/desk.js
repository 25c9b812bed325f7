// Comfort only: every page is whole without it. `/` goes to the search, `j` and `k` to the next and the last card; no key decides anything.
(function () {
  "use strict";
  var at = -1;
  function typing(el) { return /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName) || el.isContentEditable; }
  function step(by) {
    var cards = document.querySelectorAll(".card");
    if (!cards.length) { return; }
    at = Math.min(Math.max(at + by, 0), cards.length - 1);
    cards[at].focus();
    cards[at].scrollIntoView({ block: "center" });
  }
  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) { return; }
    var search = document.querySelector("input[type=search]");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); }
    if (event.key === "j") { step(1); }
    if (event.key === "k") { step(-1); }
  });
  // A second click while the first is on its way sends nothing (the server would record it once anyway).
  document.addEventListener("submit", function (event) {
    if (event.target.dataset.sent) { event.preventDefault(); return; }
    event.target.dataset.sent = "1";
    setTimeout(function () { delete event.target.dataset.sent; }, 4000);
  });
})();
