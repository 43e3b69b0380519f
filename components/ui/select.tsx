'use client';

import { type ComponentProps, useLayoutEffect, useRef } from 'react';

type SelectProps = Omit<ComponentProps<'select'>, 'defaultValue' | 'multiple' | 'ref'> & { defaultValue?: string };

/** The browser's own select, whose default may change: React writes that of a select once and for all. */
export function Select({ defaultValue, ...rest }: SelectProps) {
  const select = useRef<HTMLSelectElement>(null);
  const shown = useRef(defaultValue);
  useLayoutEffect(() => {
    if (!select.current || defaultValue === undefined || shown.current === defaultValue) return;
    const chosen = select.current.value;
    const untouched = chosen === shown.current;
    for (const option of select.current.options) option.defaultSelected = option.value === defaultValue;
    select.current.value = untouched ? defaultValue : chosen;
    shown.current = defaultValue;
  }, [defaultValue]);
  return <select ref={select} defaultValue={defaultValue} {...rest} />;
}
