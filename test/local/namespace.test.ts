import { Connection } from '@temporalio/client';
import { prepareNamespace } from '../../src/local/namespace';
import { cleanUp, local, makeDir, serviceOptions } from './support';

afterAll(cleanUp);

it('registers namespace, retention and search attributes, again and again', async () => {
  const { address } = await local.ensureService(serviceOptions(makeDir()), () => undefined);
  const spec = { namespace: 'fresh', retentionDays: 7, searchAttributes: { AgentType: 'Keyword' as const } };
  const soon = () => AbortSignal.timeout(20_000);
  await prepareNamespace(address, spec, soon());
  await prepareNamespace(address, spec, soon());
  // A later version wants more of both.
  const grown = {
    ...spec,
    retentionDays: 30,
    searchAttributes: { ...spec.searchAttributes, AgentCostUsd: 'Double' as const },
  };
  await Promise.all([prepareNamespace(address, grown, soon()), prepareNamespace(address, grown, soon())]);
  // An earlier one does not take back what others rely on.
  await prepareNamespace(address, spec, soon());

  const connection = await Connection.connect({ address });
  const described = await connection.workflowService.describeNamespace({ namespace: 'fresh' });
  expect(Number(described.config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace: 'fresh' });
  expect(customAttributes).toMatchObject({ AgentType: 2, AgentCostUsd: 4 });
  await connection.close();
}, 120_000);
