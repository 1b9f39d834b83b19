// Reads lists of one PSA with connectwise-rest, as its users call it. Arguments: the package's folder, the job.
const { ManageAPI } = require(process.argv[2]);
const job = JSON.parse(require("fs").readFileSync(process.argv[3]));
const psa = new ManageAPI({
  companyId: job.company,
  companyUrl: job.host,
  publicKey: job.public_key,
  privateKey: job.private_key,
  clientId: job.client_id,
});

async function count(api, name, ...before) {
  const whole = { startPage: 1, pageSize: 1000 };
  return (await psa.paginate(api[name].bind(api), whole, ...before, {})).length;
}

(async () => {
  const found = {
    companies: await count(psa.CompanyAPI, "getCompanyCompanies"),
    // Its first argument is a mistake of the vendor's description that the client repeats.
    configurations: await count(psa.CompanyAPI, "getCompanyConfigurations", undefined),
    configuration_types: await count(psa.CompanyAPI, "getCompanyConfigurationsTypes"),
    manufacturers: await count(psa.ProcurementAPI, "getProcurementManufacturers"),
    boards: await count(psa.ServiceAPI, "getServiceBoards"),
    priorities: await count(psa.ServiceAPI, "getServicePriorities"),
    agreements: await count(psa.FinanceAPI, "getFinanceAgreements"),
  };
  console.log(JSON.stringify(found));
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
