import { Alert } from './alert';

type FormErrorSummaryProps = {
  title: string;
  /** What is wrong, with the id of the field that it is about. */
  errors: readonly { fieldId: string; message: string }[];
};

/** What is wrong with a long form, above it: leads to each field. Its form brings the focus here when it is refused. */
export function FormErrorSummary({ title, errors }: FormErrorSummaryProps) {
  if (errors.length === 0) return null;
  return (
    <div data-form-errors="" tabIndex={-1} className="mb-4 outline-none">
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
