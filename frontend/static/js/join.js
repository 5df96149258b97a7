// Tells the server that scripts run here, so that pages need not come anew by themselves.
for (const form of document.querySelectorAll("form[data-join]")) {
  const field = document.createElement("input");
  field.type = "hidden"; field.name = "scripts"; field.value = "1";
  form.append(field);
}
