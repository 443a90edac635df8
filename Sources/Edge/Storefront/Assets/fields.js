// Says what is wrong with a field beside it: in the element that the field names for that.
export function tell(field, message) {
  const place = document.getElementById(field.dataset.error);
  place.textContent = message;
  place.hidden = !message;
  field.classList.toggle("is-invalid", Boolean(message));
  field.ariaInvalid = message ? "true" : "false";
  if (message) field.setAttribute("aria-describedby", place.id);
  else field.removeAttribute("aria-describedby");
}
