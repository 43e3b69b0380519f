'use client';

import {
  type ComponentProps,
  type SubmitEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useSyncExternalStore,
  useTransition,
} from 'react';
import { changedEntriesOf, changedSince, type Entries, enter, entriesOf, fieldsOf, showDefault } from './form-fields';

/** After these answers the form is not done: what was typed stays, and what is wrong takes the focus. */
const OPEN = new Set(['refused', 'confirm']);

type FormProps = Omit<ComponentProps<'form'>, 'action' | 'id' | 'ref'> & {
  /** Where it is posted to, or the server action; that of useActionState where there is an answer to show. */
  action?: string | ((form: FormData) => void | Promise<void>);
  /** The state of useActionState, a new object for every answer. */
  answer?: { status: string };
};

/**
 * A form that loses nothing a person has typed. It is posted as it is while scripts are not there yet; what was entered
 * before they came stays. With scripts the action runs beside the typing: nothing is reset when its answer comes, and what
 * the server made of an entry is shown where the entry is still the one that was sent. Passwords are emptied by
 * every answer. While an answer is awaited a second submit does nothing.
 */
export function Form({ action, answer, onSubmit, ...rest }: FormProps) {
  const id = useId();
  const [pending, start] = useTransition();
  const sent = useRef<Sent | null>(null);
  useEntriesBeforeScripts(id);
  useAnswer(id, answer, sent);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    if (pending) return event.preventDefault();
    onSubmit?.(event);
    if (event.defaultPrevented || typeof action !== 'function') return;
    // React's own way of running an action ends with a reset of the form.
    event.preventDefault();
    const form = event.currentTarget;
    const { submitter } = event;
    const data = new FormData(form, submitter);
    sent.current = { entries: entriesOf(form), focus: document.activeElement };
    start(() => action(data));
  }
  return <form {...rest} id={id} action={action} onSubmit={submit} />;
}

/** What was sent, and where the person was. */
type Sent = { entries: Entries; focus: Element | null };

function formWith(id: string): HTMLFormElement | null {
  const element = document.getElementById(id);
  return element instanceof HTMLFormElement ? element : null;
}

const never = () => () => {};

/** Hydration writes the server's text into text areas again and hides early entries from components: both are undone. */
function useEntriesBeforeScripts(id: string) {
  const hydrating = useSyncExternalStore(
    never,
    () => false,
    () => true,
  );
  const early = useRef<Entries>(new Map());
  // The form is rendered before its fields are hydrated: this is the last moment at which they are the person's alone.
  if (hydrating && typeof document !== 'undefined') {
    const form = formWith(id);
    if (form) early.current = changedEntriesOf(form);
  }
  useLayoutEffect(() => {
    for (const [field, entry] of early.current) enter(field, entry);
    early.current = new Map();
  }, []);
}

function useAnswer(id: string, answer: FormProps['answer'], sent: { current: Sent | null }) {
  useLayoutEffect(() => {
    const form = formWith(id);
    if (!form || !answer || !sent.current) return;
    const { entries, focus } = sent.current;
    sent.current = null;
    const changed = changedSince(form, entries);
    const open = OPEN.has(answer.status);
    settle(form, changed, open);
    // Whoever has gone on meanwhile is not called back.
    if (open && changed.size === 0 && [focus, document.body].includes(document.activeElement)) focusOnProblem(form);
  }, [id, answer, sent]);
  useEffect(() => {
    // The answer came with the page.
    const form = formWith(id);
    if (form && document.activeElement === document.body) focusOnProblem(form);
  }, [id]);
}

/** Shows what the server says in the fields that were not changed since. */
function settle(form: HTMLFormElement, changed: ReadonlySet<Element>, open: boolean) {
  if (!open && changed.size === 0) return form.reset();
  for (const field of fieldsOf(form))
    if (!changed.has(field) && (!open || field.type === 'password')) showDefault(field);
}

/** The list of what is wrong, or the first field that is. */
function focusOnProblem(form: HTMLFormElement) {
  form.querySelector<HTMLElement>('[data-form-errors], [aria-invalid="true"]')?.focus();
}
