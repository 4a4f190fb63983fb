// Only comfort: every page works without this file. htmx itself is told by a meta element of the
// page to add no inline style, which the page's policy forbids.
import "htmx.org";

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
document.querySelector("[data-error-summary]")?.focus();

// A wide diagram opens where the case stands.
for (const box of document.querySelectorAll(".ps-diagram")) {
  const here = box.querySelector(".failed, .active");
  if (here) {
    const offset = here.getBoundingClientRect().left - box.getBoundingClientRect().left;
    box.scrollLeft = offset - box.clientWidth / 2;
  }
}
