export { fromLoginCredentials, fromSSO } from '@aws-sdk/credential-providers';
