import { RICH } from '@/components/i18n/rich';
import { Checklist, type CheckState } from '@/components/ui/checklist';
import { ChevronIcon } from '@/components/ui/icons';
import { IDLE_DAYS, type RotatingSecret, type RotationStep } from '@/lib/apps/secret-rotation';
import type { I18n } from '@/lib/i18n/i18n';

type Listed = RotatingSecret & { lastFour: string };
type RotationGuideProps = { i18n: I18n; now: Date; at: RotationStep<Listed> };

const ORDER = ['generate', 'deploy', 'wait', 'delete'] as const;
type Step = (typeof ORDER)[number];

/** How a secret is changed without an interruption: what is done, what is next, and when the old one may go. */
export function RotationGuide({ i18n, now, at }: RotationGuideProps) {
  const { t } = i18n;
  if (at.step === 'none') return null;
  const current = ORDER.indexOf(at.step);
  const stateOf = (place: number): CheckState => (place < current ? 'done' : place === current ? 'waiting' : 'missing');
  return (
    <details open={at.step !== 'generate'} className="group">
      <summary className="flex min-h-11 list-none items-center gap-2 text-sm md:min-h-9">
        <ChevronIcon className="size-4 shrink-0 -rotate-90 text-muted group-open:rotate-0" />
        <span className="font-medium">
          {t(at.step === 'generate' ? 'applications.rotation.begin' : 'applications.rotation.title')}
        </span>
        {at.step === 'generate' ? null : (
          <span className="text-muted">
            {t('applications.rotation.place', { place: current + 1, count: ORDER.length })}
          </span>
        )}
      </summary>
      <div className="pt-1">
        <Checklist
          states={{
            done: t('applications.steps.done'),
            waiting: t('applications.rotation.now'),
            missing: t('applications.rotation.later'),
          }}
          items={ORDER.map((step, place) => ({
            id: step,
            state: stateOf(place),
            label: t(`applications.rotation.${step}.label`),
            detail: place === current ? <Detail i18n={i18n} now={now} at={at} step={step} /> : null,
          }))}
        />
      </div>
    </details>
  );
}

function Detail({ i18n, now, at, step }: RotationGuideProps & { step: Step }) {
  const { t, ago } = i18n;
  if (at.step === 'none') return null;
  const values = {
    old: at.old.lastFour,
    fresh: 'fresh' in at ? at.fresh.lastFour : '',
    days: 'idleDays' in at ? at.idleDays : 0,
    idle: IDLE_DAYS,
    used: at.old.lastUsedAt ? ago(at.old.lastUsedAt, now) : 'never',
  };
  return <p>{t.rich(`applications.rotation.${step}.detail`, { ...RICH, ...values })}</p>;
}
