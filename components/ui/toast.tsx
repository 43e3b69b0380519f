'use client';

import { Toast } from '@base-ui/react/toast';
import { type ReactNode, useMemo } from 'react';
import { useI18n } from '@/components/i18n/provider';
import { Button } from './button';
import { CrossIcon } from './icons';

/** Holds the short notices of the pages below it. What must not be missed stands on the page instead. */
export function Toaster({ children }: { children: ReactNode }) {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 left-4 z-20 ml-auto flex max-w-card flex-col gap-2 outline-none">
          <Notices />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Notices() {
  const { toasts } = Toast.useToastManager();
  const { t } = useI18n();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="flex items-center justify-between gap-3 rounded-md border border-line bg-surface py-1 pr-1 pl-4 text-sm text-ink shadow-float"
    >
      <Toast.Description />
      <Toast.Close render={<Button variant="quiet" size="sm" />} aria-label={t('common.close')}>
        <CrossIcon />
      </Toast.Close>
    </Toast.Root>
  ));
}

/** Shows a short notice: `const notify = useNotify(); notify(t('…saved'))`. */
export function useNotify(): (text: ReactNode) => void {
  const { add } = Toast.useToastManager();
  return useMemo(() => (text: ReactNode) => void add({ description: text }), [add]);
}
