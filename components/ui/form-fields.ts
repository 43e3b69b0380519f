/** A control in which a person enters something. */
export type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const NOTHING_TO_ENTER = new Set(['hidden', 'submit', 'button', 'image', 'reset']);

/** The controls of a form in which something can be entered, in the order of the page. */
export function fieldsOf(form: HTMLFormElement): Field[] {
  return [...form.elements].filter((element): element is Field => {
    if (element instanceof HTMLInputElement) return !NOTHING_TO_ENTER.has(element.type);
    return element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
  });
}

const isTicked = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && (field.type === 'checkbox' || field.type === 'radio');

const isPicker = (field: Field): field is HTMLInputElement =>
  field instanceof HTMLInputElement && field.type === 'file';

/** What stands in a field, as one text that differs when anything of it does. */
function entryOf(field: Field): string {
  if (isTicked(field)) return String(field.checked);
  if (field instanceof HTMLSelectElement) return [...field.selectedOptions].map(({ value }) => value).join('\n');
  if (isPicker(field)) return [...(field.files ?? [])].map((file) => `${file.name} ${file.lastModified}`).join('\n');
  return field.value;
}

/** What the server wrote into a field, in the same shape. */
function defaultOf(field: Field): string {
  if (isTicked(field)) return String(field.defaultChecked);
  if (field instanceof HTMLSelectElement) {
    const given = [...field.options].filter(({ defaultSelected }) => defaultSelected);
    return (given.length > 0 || field.multiple ? given : [...field.options].slice(0, 1))
      .map(({ value }) => value)
      .join('\n');
  }
  return isPicker(field) ? '' : field.defaultValue;
}

/** What stands in the fields of a form at one moment. */
export type Entries = ReadonlyMap<Field, string>;

/** What stands in every field now. */
export function entriesOf(form: HTMLFormElement): Entries {
  return new Map(fieldsOf(form).map((field) => [field, entryOf(field)]));
}

/** What stands in those fields that no longer hold what the server wrote there. */
export function changedEntriesOf(form: HTMLFormElement): Entries {
  return new Map([...entriesOf(form)].filter(([field, entry]) => entry !== defaultOf(field)));
}

/** The fields that hold something else than they did then. Radio buttons of one name are one field. */
export function changedSince(form: HTMLFormElement, then: Entries): Set<Field> {
  const now = fieldsOf(form);
  const changed = new Set(now.filter((field) => then.get(field) !== entryOf(field)));
  const groups = new Set([...changed].flatMap((field) => (field.type === 'radio' ? [field.name] : [])));
  return new Set(now.filter((field) => changed.has(field) || (field.type === 'radio' && groups.has(field.name))));
}

/** Shows what the server says, in a field of its own. */
export function showDefault(field: Field) {
  if (isTicked(field)) field.checked = field.defaultChecked;
  else if (field instanceof HTMLSelectElement) field.value = defaultOf(field);
  else field.value = isPicker(field) ? '' : field.defaultValue;
}

/** The setter of the browser itself: React puts its own in front of it, to know what it has seen already. */
function nativeSetter(field: Exclude<Field, HTMLSelectElement>): (value: string) => void {
  const { prototype } = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  const { set } = Object.getOwnPropertyDescriptor(prototype, 'value') ?? {};
  return (value) => set?.call(field, value);
}

/** Enters again what a person had entered, so that components hear of it. */
export function enter(field: Field, entry: string) {
  if (isTicked(field)) field.checked = entry === 'true';
  else if (isPicker(field)) field.dispatchEvent(new Event('change', { bubbles: true }));
  else if (field instanceof HTMLSelectElement) {
    field.value = entry;
    field.dispatchEvent(new Event('change', { bubbles: true }));
  } else {
    const caret = [field.selectionStart, field.selectionEnd] as const;
    field.value = field.defaultValue;
    nativeSetter(field)(entry);
    if (document.activeElement === field && caret[0] !== null) field.setSelectionRange(...caret);
    field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
