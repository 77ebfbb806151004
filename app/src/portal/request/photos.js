// Photos are sent as soon as they are chosen, one after another, each with a preview and what is said about it.
const place = document.querySelector("[data-photos]");
const form = place.closest("form");
const list = place.querySelector("ul");
const input = place.querySelector("input[type=file]");
const model = place.querySelector("template").content.firstElementChild;
const { photos: most, name, large, many, failed } = place.dataset;
const LARGEST = 10 * 1024 * 1024;
let last = Promise.resolve();
let sending = 0;
let count = list.children.length;
let waiting;

const post = (fields, before = () => {}) =>
  new Promise((done) => {
    const body = new FormData();
    for (const [field, value] of Object.entries(fields)) body.append(field, value);
    const ask = new XMLHttpRequest();
    before(ask);
    ask.responseType = "json";
    ask.onloadend = () => done({ status: ask.status, ...ask.response });
    ask.open("POST", "/photos");
    ask.setRequestHeader("Accept", "application/json");
    ask.send(body);
  });

// The address knows the photos, so that a reload and Back find them again.
const remember = () => {
  if (location.pathname.startsWith("/do/")) return;
  const here = new URL(location);
  for (const old of ["photo[]", "photo_problem", "file"]) here.searchParams.delete(old);
  for (const field of list.querySelectorAll("input")) here.searchParams.append("photo[]", field.value);
  history.replaceState(history.state, "", here);
};

// A small picture of what was chosen, before the server has drawn one.
const preview = async (file, picture) => {
  const canvas = document.createElement("canvas");
  try {
    const whole = await createImageBitmap(file);
    const scale = Math.max(192 / whole.width, 192 / whole.height);
    canvas.width = whole.width * scale;
    canvas.height = whole.height * scale;
    canvas.getContext("2d").drawImage(whole, 0, 0, canvas.width, canvas.height);
    whole.close();
    picture.src = canvas.toDataURL("image/jpeg");
  } catch {
    // No picture that this browser knows; the server says what it thinks of it.
  }
};

const said = (item, words) => {
  // What was to be sent with this photo waits until its sentence was read.
  waiting = undefined;
  item.querySelector("progress").remove();
  const place = item.querySelector("[role=alert]");
  place.hidden = false;
  place.textContent = words;
};

const send = async (file, item) => {
  if (!item.isConnected) return;
  const answer = await post({ key: form.elements.key.value, file }, (ask) => {
    ask.upload.onprogress = ({ loaded, total }) => (item.querySelector("progress").value = loaded / total);
    item.stop = () => ask.abort();
  });
  if (!answer.photo) return said(item, answer.refused ?? (answer.status === 413 ? large : failed));
  item.querySelector("progress").remove();
  const field = Object.assign(document.createElement("input"), { type: "hidden", name: "photo[]", value: answer.photo });
  item.append(field);
  if (item.isConnected) remember();
  else post({ remove: answer.photo });
};

const take = (file) => {
  const item = model.cloneNode(true);
  const picture = item.querySelector("img");
  preview(file, picture);
  picture.alt = item.querySelector(".sr-only").textContent = `${name} ${++count}`;
  const full = list.children.length >= most;
  list.append(item);
  if (full) return said(item, many);
  if (file.size > LARGEST) return said(item, large);
  sending++;
  last = last.then(() => send(file, item)).finally(() => {
    if (--sending === 0 && waiting !== undefined) form.requestSubmit(waiting);
  });
};

input.multiple = true;
input.addEventListener("change", () => {
  for (const item of list.querySelectorAll("li:has([role=alert]:not([hidden]))")) item.remove();
  [...input.files].forEach(take);
  // Only the photos' ids travel with the form.
  input.value = "";
});

list.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  event.preventDefault();
  const item = button.closest("li");
  const field = item.querySelector("input");
  item.remove();
  item.stop?.();
  if (field) post({ remove: field.value });
  remember();
  input.focus();
});

form.addEventListener("submit", (event) => {
  if (!sending) return;
  // What is on its way goes along.
  event.preventDefault();
  waiting = event.submitter;
});
