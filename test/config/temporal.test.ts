import { describeConfig, isLocal, readTemporalConnection } from '../../src/config';
import { Place } from './place';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.remove());

const TOML = `
[profile.default]
address = "default.test:7233"
namespace = "from-default"
[profile.prod]
address = "prod.test:7233"
namespace = "from-prod"
api_key = "CANARY"
[profile.bare]
api_key = "CANARY"
`;

it('uses the cluster of TEMPORAL_ADDRESS, in the namespace that is configured', () => {
  const config = place.load({ TEMPORAL_ADDRESS: 'a.test:7233' });
  expect(isLocal(config)).toBe(false);
  expect(config.temporal).toEqual({ address: 'a.test:7233', hasApiKey: false, tls: false });
  expect(config.namespace).toBe('background-agents');
  expect(place.load({ TEMPORAL_ADDRESS: 'a.test:7233', TEMPORAL_NAMESPACE: 'n' }).namespace).toBe('n');
});

it('uses the profile of temporal.toml, chosen as Temporal does', () => {
  place.write(place.temporalToml, TOML);
  expect(place.load()).toMatchObject({
    temporal: { address: 'default.test:7233' },
    namespace: 'from-default',
  });
  const prod = place.load({ TEMPORAL_PROFILE: 'prod' });
  expect(prod).toMatchObject({
    temporal: { address: 'prod.test:7233', profile: 'prod', hasApiKey: true, tls: true },
    namespace: 'from-prod',
  });
  expect(JSON.stringify(describeConfig(prod))).not.toContain('CANARY');
  expect(describeConfig(prod)).toContainEqual({
    key: 'temporal.address',
    value: 'prod.test:7233',
    source: `file ${place.temporalToml}`,
  });
  expect(place.load({}, { temporal: { profile: 'bare' } }).temporal.address).toBe('localhost:7233');
});

it('lets a flag and the environment win over the profile, and the profile over the user file', () => {
  place.write(place.temporalToml, TOML);
  place.write(place.userFile, {
    temporal: { address: 'user.test:7233', profile: 'prod' },
    namespace: 'from-user',
  });
  expect(place.load()).toMatchObject({ temporal: { address: 'prod.test:7233' }, namespace: 'from-prod' });
  expect(place.load({ TEMPORAL_ADDRESS: 'env.test:1' }).temporal.address).toBe('env.test:1');
  const flags = { temporal: { address: 'flag.test:1' }, namespace: 'from-flag' };
  expect(place.load({ TEMPORAL_ADDRESS: 'env.test:1' }, flags)).toMatchObject(flags);
});

it('stays local when told to, whatever Temporal says', () => {
  place.write(place.temporalToml, TOML);
  const config = place.load({ BGA_LOCAL: '1', TEMPORAL_ADDRESS: 'a.test:1', TEMPORAL_NAMESPACE: 'n' });
  expect(isLocal(config)).toBe(true);
  expect(config.temporal).toEqual({});
  expect(config.namespace).toBe('background-agents');
});

it('gives a connection with the secrets that the configuration does not hold', () => {
  place.write(place.temporalToml, TOML);
  const env = { HOME: place.home, TEMPORAL_PROFILE: 'prod' };
  const config = place.load(env);
  expect(JSON.stringify(config)).not.toContain('CANARY');
  const { connectionOptions, namespace } = readTemporalConnection(config.temporal, config.namespace, env);
  expect(connectionOptions).toMatchObject({ address: 'prod.test:7233', apiKey: 'CANARY', tls: true });
  expect(namespace).toBe('from-prod');
});

it.each([
  ['a profile that is not there', { TEMPORAL_PROFILE: 'nope' }, TOML, "Profile 'nope' not found"],
  ['broken TOML', {}, '[profile.default]\naddress = \n', '(line 2, column'],
  ['TOML without profiles', {}, 'address = "x"\n', 'it has no [profile.…] table.'],
])('refuses %s, naming the file', (_, env, toml, expected) => {
  place.write(place.temporalToml, toml);
  const [problem] = place.problems(env);
  expect(problem).toContain(place.temporalToml);
  expect(problem).toContain(expected);
});

it('refuses a configuration file of Temporal that is named and not there', () => {
  expect(place.problems({ TEMPORAL_CONFIG_FILE: '/nowhere.toml' })[0]).toContain(
    '/nowhere.toml: there is no such file.',
  );
});

it('takes an empty temporal.toml for none', () => {
  place.write(place.temporalToml, '# nothing yet\n');
  expect(isLocal(place.load())).toBe(true);
});
