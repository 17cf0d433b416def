export { fromLoginCredentials, fromSSO } from '@aws-sdk/credential-providers';
export { externalDataInterceptor } from '@smithy/shared-ini-file-loader';
