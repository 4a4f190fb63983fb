// Only comfort: every page works without this file.
import htmx from "htmx.org";

// The page's policy forbids inline styles and evaluated code; htmx must not ask for either.
htmx.config.includeIndicatorCSS = false;
htmx.config.allowEval = false;
htmx.config.history = false;

// A second press on a slow line must not send the form twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});

// An error summary takes the focus, so that a screen reader starts there.
const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
