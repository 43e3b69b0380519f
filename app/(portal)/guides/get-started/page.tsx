import { Note, P, Part, Points } from '@/components/guides/prose';
import { type GuidePage, guideMetadata, loadGuide } from '../load';

export const generateMetadata = () => guideMetadata('get_started');

/** From nothing to an application that users can connect. */
export default async function GetStartedPage(page: GuidePage) {
  const { frame, say } = await loadGuide('get_started', page);
  return frame(
    <>
      <Part id="register" title={say('guides.start.register.title')}>
        <P>{say('guides.start.register.text')}</P>
        <P>{say('guides.start.register.name')}</P>
        <P>{say('guides.start.register.limit')}</P>
      </Part>
      <Part id="redirect-urls" title={say('guides.start.redirect.title')}>
        <P>{say('guides.start.redirect.text')}</P>
        <Points
          items={[
            say('guides.start.redirect.https'),
            say('guides.start.redirect.loopback'),
            say('guides.start.redirect.scheme'),
          ]}
        />
      </Part>
      <Part id="scopes" title={say('guides.start.scopes.title')}>
        <P>{say('guides.start.scopes.text')}</P>
        <P>{say('guides.start.scopes.later')}</P>
      </Part>
      <Part id="proof" title={say('guides.start.proof.title')}>
        <P>{say('guides.start.proof.text')}</P>
        <Points
          items={[say('guides.start.proof.secret'), say('guides.start.proof.pkce'), say('guides.start.proof.both')]}
        />
        <Note tone="warn">{say('guides.start.proof.once')}</Note>
      </Part>
      <Part id="try" title={say('guides.start.try.title')}>
        <P>{say('guides.start.try.text')}</P>
        <P>{say('guides.start.try.log')}</P>
      </Part>
      <Part id="connections" title={say('guides.start.connections.title')}>
        <P>{say('guides.start.connections.text')}</P>
        <P>{say('guides.start.connections.revoke')}</P>
      </Part>
      <Part id="next" title={say('guides.start.next.title')}>
        <Points
          items={[say('guides.start.next.oauth'), say('guides.start.next.backend'), say('guides.start.next.native')]}
        />
      </Part>
    </>,
  );
}
