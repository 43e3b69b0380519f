'use client';

import { Menu as Primitive } from '@base-ui/react/menu';
import { type ReactNode, useRef, useState } from 'react';
import { Button } from './button';
import { classes } from './classes';
import { controlClass } from './field';
import { CheckIcon, ChevronIcon } from './icons';
import { useScripted } from './scripted';

const SURFACE = 'rounded-md border border-line bg-surface p-1.5 text-ink shadow-float';
const ITEM =
  'flex min-h-11 w-full cursor-pointer items-center gap-2 rounded-sm px-3 text-left text-sm text-ink no-underline outline-none select-none data-highlighted:bg-subtle md:min-h-9';

type MenuProps = {
  /** Unique on the page. */
  id: string;
  /** Accessible name of the button, and what is seen on it. */
  label: string;
  trigger: ReactNode;
  align?: 'start' | 'end';
  className?: string;
  /** The same as plain links and forms, until scripts are there and without them. Entries of the menu press its buttons. */
  fallback: ReactNode;
  children: ReactNode;
};

type FrameProps = MenuProps & { popupClass: string };

/** A menu under a button: the browser's own popover with links and forms, and Base UI's menu once scripts are there. */
export function Menu({ children, ...menu }: MenuProps) {
  return (
    <MenuFrame {...menu} popupClass="w-64">
      {children}
    </MenuFrame>
  );
}

function MenuFrame({ id, label, trigger, align = 'end', className, popupClass, fallback, children }: FrameProps) {
  const scripted = useScripted(id);
  const [open, setOpen] = useState(false);
  // Beside its button and not at the end of the page: it belongs to the same landmark.
  const place = useRef<HTMLDivElement>(null);
  const surface = classes(popupClass, 'max-w-[calc(100vw-2rem)]', SURFACE);
  return (
    <div ref={place} className="min-w-0">
      <Primitive.Root modal={false} open={open} onOpenChange={(next) => setOpen(scripted && next)}>
        <Primitive.Trigger
          render={(given) => (
            <Button
              {...given}
              variant="quiet"
              className={classes('min-w-0', className)}
              aria-label={label}
              {...(scripted ? {} : { ...OWN_STATE, popoverTarget: id })}
            >
              {trigger}
              <ChevronIcon />
            </Button>
          )}
        />
        <Primitive.Portal container={place}>
          <Primitive.Positioner sideOffset={4} align={align} className="z-20">
            <Primitive.Popup className={classes('outline-none', surface)}>{children}</Primitive.Popup>
          </Primitive.Positioner>
        </Primitive.Portal>
      </Primitive.Root>
      <div
        id={id}
        popover="auto"
        className={classes('menu-popover', align === 'start' && 'menu-popover-start', surface)}
      >
        {fallback}
      </div>
    </div>
  );
}

/** What Base UI says of a button whose menu it has yet to take over: the browser says it by itself. */
const OWN_STATE = { 'aria-haspopup': undefined, 'aria-expanded': undefined, 'aria-controls': undefined };

/** Entries under a heading. */
export function MenuGroup({ label, children }: { label: ReactNode; children: ReactNode }) {
  return (
    <Primitive.Group className="not-first:mt-1.5 not-first:border-t not-first:border-line not-first:pt-1.5">
      <Primitive.GroupLabel className="px-3 py-1.5 text-sm text-muted">{label}</Primitive.GroupLabel>
      {children}
    </Primitive.Group>
  );
}

/** An entry that leads somewhere. */
export function MenuLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Primitive.LinkItem href={href} className={ITEM}>
      {children}
    </Primitive.LinkItem>
  );
}

const press = (id: string) => document.getElementById(id)?.click();

/** An entry that does something: what the fallback's button with this id does. */
export function MenuItem({ presses, children }: { presses: string; children: ReactNode }) {
  return (
    <Primitive.Item onClick={() => press(presses)} className={ITEM}>
      {children}
    </Primitive.Item>
  );
}

type MenuChoicesProps = {
  label: string;
  value: string;
  /** Each with the id of the fallback's button that chooses it. */
  options: readonly { value: string; label: string; lang?: string; presses: string }[];
};

/** A choice of one among a few. */
export function MenuChoices({ label, value, options }: MenuChoicesProps) {
  return (
    <Primitive.RadioGroup value={value} className="mt-1.5 border-y border-line py-1.5">
      <Primitive.GroupLabel className="px-3 py-1.5 text-sm text-muted">{label}</Primitive.GroupLabel>
      {options.map((option) => (
        <Primitive.RadioItem
          key={option.value}
          value={option.value}
          lang={option.lang}
          onClick={() => press(option.presses)}
          className={classes(ITEM, 'justify-between')}
        >
          {option.label}
          <Primitive.RadioItemIndicator>
            <CheckIcon />
          </Primitive.RadioItemIndicator>
        </Primitive.RadioItem>
      ))}
    </Primitive.RadioGroup>
  );
}

type SearchMenuProps = Omit<MenuProps, 'children'> & {
  /** Accessible name of the search, and what stands in it while it is empty. */
  searchLabel: string;
  /** What is offered; `detail` is searched too. */
  options: readonly { value: string; label: string; detail: string }[];
  /** Words in front of what was typed, for a value that is not offered. */
  otherLabel: string;
  /** Ids of the fallback's field and button: a choice is entered there and sent. */
  field: string;
  button: string;
  /** Further entries. */
  children?: ReactNode;
};

/** A menu of many, with a search in it. What is not offered can be typed. */
export function SearchMenu({ searchLabel, options, otherLabel, field, button, children, ...menu }: SearchMenuProps) {
  const [typed, setTyped] = useState('');
  const { contains } = Primitive.useFilter();
  const query = typed.trim();
  const shown = options.filter(({ label, detail }) => contains(label, query) || contains(detail, query));
  function choose(value: string) {
    const input = document.getElementById(field);
    if (!(input instanceof HTMLInputElement)) return;
    input.value = value;
    press(button);
  }
  return (
    <Primitive.FilterProvider filter={null} value={typed} onValueChange={setTyped} autoHighlight>
      <MenuFrame {...menu} popupClass="w-72">
        <Primitive.Input
          aria-label={searchLabel}
          placeholder={searchLabel}
          className={controlClass(false, 'min-h-11 md:min-h-9')}
        />
        <Primitive.List className="mt-1.5 max-h-80 overflow-y-auto">
          {shown.map(({ value, label, detail }) => (
            <Primitive.Item key={value} label={label} onClick={() => choose(value)} className={ITEM}>
              <bdi className="min-w-0 truncate">{label}</bdi>
              <span className="ml-auto shrink-0 text-muted">{detail}</span>
            </Primitive.Item>
          ))}
          {query === '' || options.some(({ value }) => value === query) ? null : (
            <Primitive.Item onClick={() => choose(query)} className={ITEM}>
              {otherLabel} <bdi className="min-w-0 truncate font-medium">{query}</bdi>
            </Primitive.Item>
          )}
          {children}
        </Primitive.List>
      </MenuFrame>
    </Primitive.FilterProvider>
  );
}
