// What every page has: light and dark, messages that pass, dialogs, lists that narrow as one types.
// No other script may import this one: a module that two addresses name runs twice, and sets everything up twice.

import { csrf } from "./api.js";
import { narrow, toast } from "./parts.js";
import { paintPlaceholders } from "./thumbhash.js";

const root = document.documentElement;

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setUpTheme() {
  const button = document.querySelector("[data-theme-toggle]");
  if (!button) return;
  const show = () => {
    const dark = isDark();
    const use = button.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, dark ? "#sun" : "#moon"));
    button.querySelector(".label").textContent = dark ? "Light look" : "Dark look";
    button.setAttribute("aria-label", dark ? "Light look" : "Dark look");
  };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; SameSite=Lax`;
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}

function setUpNarrowing() {
  for (const field of document.querySelectorAll("[data-narrow]")) {
    const list = document.querySelector(field.dataset.narrow);
    field.addEventListener("input", () => narrow(list, field.value));
    // Enter in a search field must not send the form around it.
    field.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }
}

function setUpDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog-open]");
    if (opener) document.getElementById(opener.dataset.dialogOpen).showModal();
    const closer = event.target.closest("[data-dialog-close]");
    if (closer) closer.closest("dialog").close();
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(copier);
  });
}

async function copy(button) {
  const source = document.querySelector(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(source.textContent.trim());
    toast("Copied.");
  } catch {
    getSelection().selectAllChildren(source);
    toast("Selected: copy it with Ctrl+C.");
  }
}

function setUpHtmx() {
  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRF-Token"] = csrf;
  });
  document.addEventListener("htmx:responseError", (event) => {
    const page = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html");
    toast(page.querySelector(".notice p")?.textContent ?? "Something went wrong. Reload the page and try again.");
  });
  document.addEventListener("htmx:sendError", () => toast("The hub could not be reached. Check the connection."));
  document.addEventListener("htmx:load", (event) => paintPlaceholders(event.detail.elt));
}

setUpTheme();
setUpNarrowing();
setUpDialogs();
setUpHtmx();
paintPlaceholders(document);
