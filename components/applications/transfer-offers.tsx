import { RICH } from '@/components/i18n/rich';
import { Card } from '@/components/ui/card';
import { SubmitButton } from '@/components/ui/submit-button';
import { Ago } from '@/components/ui/time';
import { countText } from '@/lib/apps/counts';
import type { I18n } from '@/lib/i18n/i18n';

export type Offer = {
  appId: number;
  appName: string;
  /** The organisation that has it now. */
  from: string;
  /** It only changes the person to turn to. */
  withinOrganisation: boolean;
  /** Only users of its organisation connect it. */
  limitToAccount: boolean;
  /** Another organisation can't accept it until that is over. */
  suspended: boolean;
  expiresAt: Date;
  accept: () => Promise<void>;
  decline: () => Promise<void>;
};

type TransferOffersProps = {
  i18n: I18n;
  now: Date;
  offers: Offer[];
  /** How many more wait than are shown. */
  further: number;
};

/** Applications that others want to hand over to the reader or the reader's organisation. */
export function TransferOffers({ i18n, now, offers, further }: TransferOffersProps) {
  const { t, formatLocale } = i18n;
  if (offers.length === 0) return null;
  return (
    <section aria-labelledby="offers" className="mb-6">
      <h2 id="offers" className="mb-2 font-semibold">
        {further > 0 ? t('applications.offers.title_many') : t('applications.offers.title', { count: offers.length })}
      </h2>
      <Card className="divide-y divide-line">
        {offers.map((offer) => (
          <OfferLine key={offer.appId} offer={offer} i18n={i18n} now={now} />
        ))}
      </Card>
      {further > 0 ? (
        <p className="mt-2 text-sm text-muted">
          {t('applications.offers.further', { count: further, text: countText(further, formatLocale) })}
        </p>
      ) : null}
    </section>
  );
}

function OfferLine({ offer, i18n, now }: { offer: Offer; i18n: I18n; now: Date }) {
  const { t } = i18n;
  const { appName: name, from: organisation, withinOrganisation, limitToAccount } = offer;
  const stuck = offer.suspended && !withinOrganisation;
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3 p-4 text-sm">
      <div className="max-w-form min-w-0 flex-1 basis-72">
        <p>
          {withinOrganisation
            ? t.rich('applications.offers.from_member', { ...RICH, name })
            : t.rich('applications.offers.from_organisation', { ...RICH, name, organisation })}
        </p>
        <p className="mt-1 text-muted">
          {t(withinOrganisation ? 'applications.offers.member_effect' : 'applications.offers.organisation_effect')}{' '}
          {withinOrganisation || limitToAccount || stuck ? null : `${t('applications.offers.policy_effect')} `}
          {t.rich('applications.offers.expires', { date: () => <Ago date={offer.expiresAt} now={now} i18n={i18n} /> })}
        </p>
        {stuck ? <p className="mt-1">{t('applications.offers.suspended')}</p> : null}
        {limitToAccount && !withinOrganisation ? (
          <p className="mt-1">{t.rich('applications.offers.limited_effect', { ...RICH, organisation })}</p>
        ) : null}
      </div>
      <div className="flex gap-2">
        <form action={offer.decline}>
          <SubmitButton
            pendingLabel={t('applications.offers.pending')}
            aria-label={t('applications.offers.decline_named', { name })}
          >
            {t('applications.offers.decline')}
          </SubmitButton>
        </form>
        {stuck ? null : (
          <form action={offer.accept}>
            <SubmitButton
              variant="primary"
              pendingLabel={t('applications.offers.pending')}
              aria-label={t('applications.offers.accept_named', { name })}
            >
              {t('applications.offers.accept')}
            </SubmitButton>
          </form>
        )}
      </div>
    </div>
  );
}
