// Everything works without this file. It only spares a click: a sorting list acts when it is changed.
document.querySelectorAll("select[data-now]").forEach((select) => {
  const button = select.form.querySelector("button");
  if (button) button.hidden = true;
  select.addEventListener("change", () => select.form.submit());
});
