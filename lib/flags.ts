/**
 * CDK behaviours that this app relies on. They stand here and not in cdk.json so that the template is the same
 * whether the CDK command line, `npm run synth`, `npm start` or a test makes it.
 */
export const FEATURE_FLAGS: Record<string, unknown> = {
  'aws:cdk:disable-version-check': true,
  'aws:cdk:version-reporting': false,
  'aws:cdk:enable-path-metadata': false,
  'aws:cdk:enable-asset-metadata': false,
  // Circular references and schema mistakes are only warned of unless this is set.
  '@aws-cdk/core:validateAgainstDefaultRules': true,
  // The data must not be deleted under the functions.
  '@aws-cdk/core:defaultCrossStackReferences': 'strong',
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/core:enablePartitionLiterals': true,
  '@aws-cdk/core:target-partitions': ['aws'],
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/aws-lambda:recognizeLayerVersion': true,
  '@aws-cdk/aws-sns-subscriptions:restrictSqsDescryption': true,
};
