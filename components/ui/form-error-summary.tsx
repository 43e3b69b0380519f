'use client';

import { useEffect, useRef } from 'react';
import { Alert } from './alert';

type FormErrorSummaryProps = {
  title: string;
  /** What is wrong, with the id of the field that it is about. */
  errors: readonly { fieldId: string; message: string }[];
};

/** What is wrong with a long form, above it: takes the focus when it appears and leads to each field. */
export function FormErrorSummary({ title, errors }: FormErrorSummaryProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div ref={box} tabIndex={-1} className="mb-4 outline-none">
      <Alert tone="danger" role="alert" title={title}>
        <ul className="mt-1 list-disc space-y-1 pl-4">
          {errors.map(({ fieldId, message }) => (
            <li key={fieldId}>
              <a href={`#${fieldId}`} className="underline underline-offset-4">
                {message}
              </a>
            </li>
          ))}
        </ul>
      </Alert>
    </div>
  );
}
