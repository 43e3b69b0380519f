import { Note, P, Part, Points } from '@/components/guides/prose';
import { Code } from '@/components/guides/snippet';
import { ANSWER } from '../answer';
import { type GuidePage, guideMetadata, loadGuide } from '../load';

export const generateMetadata = () => guideMetadata('backend_app');

/** An application with a server that keeps a secret. */
export default async function BackendPage(page: GuidePage) {
  const { i18n, frame, say, snippet } = await loadGuide('backend_app', page);
  return frame(
    <>
      <Part id="before" title={say('guides.backend.before.title')}>
        <P>{say('guides.backend.before.text')}</P>
        <Points
          items={[
            say('guides.backend.before.redirect'),
            say('guides.backend.before.secret'),
            say('guides.backend.before.environment'),
          ]}
        />
      </Part>
      <Part id="send" title={say('guides.backend.send.title')}>
        <P>{say('guides.backend.send.text')}</P>
        {snippet('authorize')}
        <P>{say('guides.backend.send.tenant')}</P>
      </Part>
      <Part id="receive" title={say('guides.backend.receive.title')}>
        <P>{say('guides.backend.receive.text')}</P>
        {snippet('callback')}
        <P>{say('guides.backend.receive.errors')}</P>
      </Part>
      <Part id="exchange" title={say('guides.backend.exchange.title')}>
        <P>{say('guides.backend.exchange.text')}</P>
        {snippet('exchange_secret')}
        <P>{say('guides.backend.exchange.answer')}</P>
        <div className="my-4 overflow-clip rounded-lg border border-line">
          <Code label={i18n.t('guides.snippet.answer')} text={ANSWER} />
        </div>
        <Note>{say('guides.backend.exchange.scope')}</Note>
      </Part>
      <Part id="call" title={say('guides.backend.call.title')}>
        <P>{say('guides.backend.call.text')}</P>
        {snippet('call')}
        <Note tone="warn">{say('guides.backend.call.email')}</Note>
      </Part>
      <Part id="refresh" title={say('guides.backend.refresh.title')}>
        <P>{say('guides.backend.refresh.text')}</P>
        {snippet('refresh_secret')}
        <P>{say('guides.backend.refresh.interval')}</P>
        <P>{say('guides.backend.refresh.over')}</P>
      </Part>
      <Part id="check" title={say('guides.backend.check.title')}>
        <P>{say('guides.backend.check.text')}</P>
        {snippet('token_info')}
        <P>{say('guides.backend.check.introspect')}</P>
        {snippet('introspect')}
        <P>{say('guides.backend.check.verify')}</P>
        {snippet('verify')}
        <Note tone="warn">{say('guides.backend.check.events')}</Note>
      </Part>
      <Part id="end" title={say('guides.backend.end.title')}>
        <P>{say('guides.backend.end.text')}</P>
        {snippet('revoke')}
      </Part>
      <Part id="checklist" title={say('guides.backend.checklist.title')}>
        <Points
          items={[
            say('guides.backend.checklist.state'),
            say('guides.backend.checklist.secret'),
            say('guides.backend.checklist.tokens'),
            say('guides.backend.checklist.scopes'),
            say('guides.backend.checklist.rotate'),
          ]}
        />
      </Part>
    </>,
    { withValues: true },
  );
}
