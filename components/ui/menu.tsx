'use client';

import { Menu as Primitive } from '@base-ui/react/menu';
import type { Route } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { buttonClass } from './button';
import { classes } from './classes';
import { MoreIcon } from './icons';

const ITEM =
  'flex min-h-11 w-full cursor-pointer items-center rounded-sm px-3 text-left text-sm no-underline outline-none select-none data-highlighted:bg-subtle md:min-h-9';

/**
 * A menu of further acts on what it stands beside. Needs scripts: whatever it offers must be reachable on a page as well.
 */
export function Menu({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Primitive.Root modal={false}>
      <Primitive.Trigger aria-label={label} className={buttonClass('quiet', 'sm', 'min-w-11 px-2 md:min-w-8')}>
        <MoreIcon />
      </Primitive.Trigger>
      <Primitive.Portal>
        <Primitive.Positioner sideOffset={4} align="end" className="z-20">
          <Primitive.Popup className="min-w-48 rounded-md border border-line bg-surface p-1.5 text-ink shadow-float outline-none">
            {children}
          </Primitive.Popup>
        </Primitive.Positioner>
      </Primitive.Portal>
    </Primitive.Root>
  );
}

/** An entry of a menu that leads somewhere. */
export function MenuLink({ href, children }: { href: Route; children: ReactNode }) {
  return (
    <Primitive.LinkItem render={<Link href={href} prefetch={false} />} className={classes(ITEM, 'text-ink')}>
      {children}
    </Primitive.LinkItem>
  );
}

/** An entry of a menu that does something. */
export function MenuItem({
  danger = false,
  onSelect,
  children,
}: {
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Primitive.Item onClick={onSelect} className={classes(ITEM, danger ? 'text-danger-text' : 'text-ink')}>
      {children}
    </Primitive.Item>
  );
}
