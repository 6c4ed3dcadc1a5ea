// The page of a grant: sends a proof as it is, and shows the page anew once it is kept.

import { csrf, problemFrom } from "./api.js";

const form = document.querySelector("[data-proof]");

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const words = form.querySelector("[data-proof-words]");
  const button = form.querySelector("button");
  const file = form.elements.file.files[0];
  const query = new URLSearchParams({ kind: form.elements.kind.value, source_url: form.elements.source_url.value });
  if (form.dataset.activate !== undefined) query.set("activate", "true");
  button.disabled = true;
  words.textContent = "Sending …";
  try {
    const headers = { "X-CSRF-Token": csrf, "Content-Type": file.type || "application/octet-stream" };
    const answer = await fetch(`${form.dataset.proof}?${query}`, { method: "POST", headers, body: file });
    if (!answer.ok) throw problemFrom(await answer.text());
    location.reload();
  } catch (problem) {
    words.textContent = problem.status ? problem.message : "The hub could not be reached. Check the connection.";
    button.disabled = false;
  }
});
