// What scripts of pages share and what does nothing by itself: messages that pass, lists that narrow as one types.

export function toast(words) {
  const box = document.createElement("div");
  box.className = "toast";
  const text = document.createElement("p");
  text.textContent = words;
  const close = document.createElement("button");
  close.type = "button";
  close.setAttribute("aria-label", "Close the message");
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(text, close);
  document.querySelector("#toasts").append(box);
  setTimeout(() => box.remove(), 9000);
}

// Narrowing: `data-narrow` names the list; items carry `data-narrow-item`, groups vanish with their last item.
export function narrow(list, words, keeps = () => true) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of list.querySelectorAll("[data-narrow-item]")) {
    const text = `${item.textContent} ${item.dataset.words ?? ""}`.toLowerCase();
    item.hidden = !(keeps(item) && wanted.every((word) => text.includes(word)));
    shown += item.hidden ? 0 : 1;
  }
  for (const group of list.querySelectorAll("[data-narrow-group]")) {
    group.hidden = !group.querySelector("[data-narrow-item]:not([hidden])");
  }
  const none = list.querySelector("[data-narrow-none]");
  if (none) none.hidden = shown > 0;
  return shown;
}
