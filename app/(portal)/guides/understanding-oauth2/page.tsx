import { PkceDrawing, RotationDrawing, Sequence } from '@/components/guides/diagrams';
import { Note, P, Part, Points, Terms } from '@/components/guides/prose';
import { type GuidePage, guideMetadata, loadGuide } from '../load';

export const generateMetadata = () => guideMetadata('understanding_oauth2');

/** What happens, and why, before any program is written. */
export default async function UnderstandingPage(page: GuidePage) {
  const { i18n, brand, frame, say } = await loadGuide('understanding_oauth2', page);
  const { t } = i18n;
  const actors = [t('guides.oauth.actors.browser'), t('guides.oauth.actors.app'), brand.name, 'API'];
  const steps = [
    { from: 0, to: 1, text: say('guides.oauth.flow.begin') },
    { from: 1, to: 2, text: say('guides.oauth.flow.authorize') },
    { from: 2, to: 0, text: say('guides.oauth.flow.consent') },
    { from: 0, to: 1, text: say('guides.oauth.flow.code') },
    { from: 1, to: 2, text: say('guides.oauth.flow.exchange') },
    { from: 2, to: 1, text: say('guides.oauth.flow.tokens') },
    { from: 1, to: 3, text: say('guides.oauth.flow.call') },
  ];
  return frame(
    <>
      <Part id="words" title={say('guides.oauth.words.title')}>
        <Terms
          items={[
            { term: say('guides.oauth.words.organisation'), meaning: say('guides.oauth.words.organisation_text') },
            { term: say('guides.oauth.words.client'), meaning: say('guides.oauth.words.client_text') },
            { term: say('guides.oauth.words.scope'), meaning: say('guides.oauth.words.scope_text') },
            { term: say('guides.oauth.words.code'), meaning: say('guides.oauth.words.code_text') },
            { term: say('guides.oauth.words.access'), meaning: say('guides.oauth.words.access_text') },
            { term: say('guides.oauth.words.refresh'), meaning: say('guides.oauth.words.refresh_text') },
            { term: say('guides.oauth.words.connection'), meaning: say('guides.oauth.words.connection_text') },
          ]}
        />
      </Part>
      <Part id="flow" title={say('guides.oauth.flow.title')}>
        <P>{say('guides.oauth.flow.text')}</P>
        <Sequence title={t('guides.oauth.flow.drawing')} actors={actors} steps={steps} />
        <Note>{say('guides.oauth.flow.again')}</Note>
      </Part>
      <Part id="pkce" title={say('guides.oauth.pkce.title')}>
        <P>{say('guides.oauth.pkce.why')}</P>
        <P>{say('guides.oauth.pkce.how')}</P>
        <PkceDrawing
          title={t('guides.oauth.pkce.drawing')}
          text={t('guides.oauth.pkce.drawing_text')}
          words={{
            app: t('guides.oauth.actors.app'),
            server: brand.name,
            kept: t('guides.oauth.pkce.kept'),
            sent: t('guides.oauth.pkce.sent'),
            later: t('guides.oauth.pkce.later'),
            compared: t('guides.oauth.pkce.compared'),
          }}
        />
        <P>{say('guides.oauth.pkce.rules')}</P>
      </Part>
      <Part id="tokens" title={say('guides.oauth.tokens.title')}>
        <P>{say('guides.oauth.tokens.access')}</P>
        <P>{say('guides.oauth.tokens.refresh')}</P>
        <Points items={[say('guides.oauth.tokens.with_secret'), say('guides.oauth.tokens.with_offline')]} />
        <P>{say('guides.oauth.tokens.most')}</P>
      </Part>
      <Part id="rotation" title={say('guides.oauth.rotation.title')}>
        <P>{say('guides.oauth.rotation.secret')}</P>
        <P>{say('guides.oauth.rotation.pkce')}</P>
        <RotationDrawing
          title={t('guides.oauth.rotation.drawing')}
          text={t('guides.oauth.rotation.drawing_text')}
          words={{
            first: t('guides.oauth.rotation.first'),
            second: t('guides.oauth.rotation.second'),
            third: t('guides.oauth.rotation.third'),
            refreshed: t('guides.oauth.rotation.refreshed'),
            used: t('guides.oauth.rotation.used'),
          }}
        />
        <P>{say('guides.oauth.rotation.stolen')}</P>
        <P>{say('guides.oauth.rotation.interval')}</P>
      </Part>
      <Part id="ends" title={say('guides.oauth.ends.title')}>
        <Points
          items={[
            say('guides.oauth.ends.user'),
            say('guides.oauth.ends.app'),
            say('guides.oauth.ends.security'),
            say('guides.oauth.ends.developer'),
          ]}
        />
      </Part>
      <Part id="dialects" title={say('guides.oauth.dialects.title')}>
        <P>{say('guides.oauth.dialects.text')}</P>
        <P>{say('guides.oauth.dialects.which')}</P>
      </Part>
    </>,
  );
}
