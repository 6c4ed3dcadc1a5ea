// What takes some seconds says so: a form with `data-working` tells what is being done for as long as it lasts.

const SOON_MS = 800;
const LONG_MS = 5000;
const TURN = "Changes of many assets follow one another; somebody else's may come first.";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.working === undefined) return;
  if (form.dataset.sent) {
    event.preventDefault(); // once is enough
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
  event.submitter?.prepend(Object.assign(document.createElement("span"), { className: "spinner" }));
  const said = Object.assign(document.createElement("p"), { className: "small soft working" });
  said.setAttribute("role", "status");
  form.append(said);
  setTimeout(() => (said.textContent = form.dataset.working), SOON_MS);
  setTimeout(() => (said.textContent = `${form.dataset.working} ${TURN}`), LONG_MS);
});

// Whoever comes back to the page by the browser can press again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("[data-sent]")) {
    delete form.dataset.sent;
    for (const rest of form.querySelectorAll(".working, button > .spinner")) rest.remove();
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});
