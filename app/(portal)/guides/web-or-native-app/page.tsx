import { Note, P, Part, Points } from '@/components/guides/prose';
import { type GuidePage, guideMetadata, loadGuide } from '../load';

export const generateMetadata = () => guideMetadata('web_or_native_app');

/** An application in a browser or on a device, where nothing stays secret. */
export default async function WebOrNativePage(page: GuidePage) {
  const { frame, say, snippet } = await loadGuide('web_or_native_app', page);
  return frame(
    <>
      <Part id="before" title={say('guides.native.before.title')}>
        <P>{say('guides.native.before.text')}</P>
        <Points
          items={[
            say('guides.native.before.web'),
            say('guides.native.before.desktop'),
            say('guides.native.before.mobile'),
          ]}
        />
      </Part>
      <Part id="send" title={say('guides.native.send.title')}>
        <P>{say('guides.native.send.text')}</P>
        {snippet('authorize_offline')}
        <P>{say('guides.native.send.offline')}</P>
        <Note>{say('guides.native.send.browser')}</Note>
      </Part>
      <Part id="receive" title={say('guides.native.receive.title')}>
        <P>{say('guides.native.receive.text')}</P>
        {snippet('callback')}
      </Part>
      <Part id="exchange" title={say('guides.native.exchange.title')}>
        <P>{say('guides.native.exchange.text')}</P>
        {snippet('exchange_pkce')}
        <P>{say('guides.native.exchange.cors')}</P>
      </Part>
      <Part id="call" title={say('guides.native.call.title')}>
        <P>{say('guides.native.call.text')}</P>
        {snippet('call')}
      </Part>
      <Part id="refresh" title={say('guides.native.refresh.title')}>
        <P>{say('guides.native.refresh.text')}</P>
        {snippet('refresh_pkce')}
        <P>{say('guides.native.refresh.lost')}</P>
        <P>{say('guides.native.refresh.one')}</P>
      </Part>
      <Part id="end" title={say('guides.native.end.title')}>
        <P>{say('guides.native.end.text')}</P>
        {snippet('revoke')}
      </Part>
      <Part id="checklist" title={say('guides.native.checklist.title')}>
        <Points
          items={[
            say('guides.native.checklist.secret'),
            say('guides.native.checklist.webview'),
            say('guides.native.checklist.store'),
            say('guides.native.checklist.again'),
          ]}
        />
      </Part>
    </>,
    { withValues: true },
  );
}
