// Calls to the API from our own pages: adds the CSRF token, turns problem documents into errors with words.

const token = document.querySelector('meta[name="csrf"]')?.content ?? "";

export class Problem extends Error {
  constructor(document) {
    super(document.detail ?? "The hub could not be reached. Check the connection and try again.");
    this.code = document.code ?? "unreachable";
    this.retry = document.retry ?? true;
    this.status = document.status ?? 0;
  }
}

export const csrf = token;

export function problemFrom(text) {
  try {
    return new Problem(JSON.parse(text));
  } catch {
    return new Problem({});
  }
}

export async function call(method, path, body, options = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { "X-CSRF-Token": token, Accept: "application/json", ...(body ? { "Content-Type": "application/json" } : {}) },
      body: body ? JSON.stringify(body) : undefined,
      signal: options.signal,
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({});
  }
  const text = await response.text();
  if (!response.ok) throw problemFrom(text);
  return text ? JSON.parse(text) : null;
}
