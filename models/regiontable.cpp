// SPDX-License-Identifier: GPL-3.0-or-later
#include "fleetconfig.h"

#include <QtCore/QHash>

namespace Stampdeck {

namespace {

struct Region
{
    const char *name;
    float lat, lon;
    const char *town; ///< Empty where the name stands for more, or its cloud names none.
};

/// The clouds' regions, from their own lists of locations; to the town, not to the building.
constexpr Region regionTable[] = {
    // Broad names that several have in common
    {"eu", 50.1f, 8.7f, ""},
    {"us", 39.0f, -95.0f, ""},
    {"ap", 1.35f, 103.8f, ""},
    {"eu-west", 53.3f, -6.3f, "Dublin"},
    {"eu-central", 50.1f, 8.7f, "Frankfurt"},
    {"eu-north", 59.3f, 18.1f, "Stockholm"},
    {"eu-south", 45.5f, 9.2f, "Milan"},
    {"eu-east", 52.2f, 21.0f, "Warsaw"},
    {"us-east", 39.0f, -77.5f, "Ashburn"},
    {"us-west", 45.6f, -121.2f, "The Dalles"},
    {"us-central", 41.3f, -95.9f, "Council Bluffs"},
    {"us-south", 29.4f, -98.5f, "San Antonio"},
    {"ca-central", 45.5f, -73.6f, "Montréal"},
    {"ap-south", 19.1f, 72.9f, "Mumbai"},
    {"ap-southeast", 1.35f, 103.8f, "Singapore"},
    {"ap-northeast", 35.7f, 139.7f, "Tokyo"},
    {"ap-east", 22.3f, 114.2f, "Hong Kong"},
    {"sa-east", -23.5f, -46.6f, "São Paulo"},
    {"af-south", -33.9f, 18.4f, "Cape Town"},
    {"me-south", 26.1f, 50.6f, "Manama"},
    {"me-central", 24.5f, 54.4f, "Abu Dhabi"},
    {"au-east", -33.9f, 151.2f, "Sydney"},
    // Amazon Web Services
    {"us-east-1", 38.9f, -77.4f, "Ashburn"},
    {"us-east-2", 40.0f, -83.0f, "Columbus"},
    {"us-west-1", 37.4f, -122.0f, "San José"},
    {"us-west-2", 45.8f, -119.7f, "Boardman"},
    {"us-gov-east-1", 40.0f, -83.0f, "Columbus"},
    {"us-gov-west-1", 45.8f, -119.7f, "Boardman"},
    {"ca-central-1", 45.5f, -73.6f, "Montréal"},
    {"ca-west-1", 51.0f, -114.1f, "Calgary"},
    {"mx-central-1", 20.6f, -100.4f, "Querétaro"},
    {"sa-east-1", -23.5f, -46.6f, "São Paulo"},
    {"eu-west-1", 53.3f, -6.3f, "Dublin"},
    {"eu-west-2", 51.5f, -0.1f, "London"},
    {"eu-west-3", 48.9f, 2.4f, "Paris"},
    {"eu-central-1", 50.1f, 8.7f, "Frankfurt"},
    {"eu-central-2", 47.4f, 8.5f, "Zürich"},
    {"eu-north-1", 59.3f, 18.1f, "Stockholm"},
    {"eu-south-1", 45.5f, 9.2f, "Milan"},
    {"eu-south-2", 41.6f, -0.9f, "Zaragoza"},
    {"af-south-1", -33.9f, 18.4f, "Cape Town"},
    {"il-central-1", 32.1f, 34.8f, "Tel Aviv"},
    {"me-south-1", 26.1f, 50.6f, "Manama"},
    {"me-central-1", 24.5f, 54.4f, "Abu Dhabi"},
    {"ap-south-1", 19.1f, 72.9f, "Mumbai"},
    {"ap-south-2", 17.4f, 78.5f, "Hyderabad"},
    {"ap-southeast-1", 1.35f, 103.8f, "Singapore"},
    {"ap-southeast-2", -33.9f, 151.2f, "Sydney"},
    {"ap-southeast-3", -6.2f, 106.8f, "Jakarta"},
    {"ap-southeast-4", -37.8f, 145.0f, "Melbourne"},
    {"ap-southeast-5", 3.1f, 101.7f, "Kuala Lumpur"},
    {"ap-southeast-7", 13.8f, 100.5f, "Bangkok"},
    {"ap-northeast-1", 35.7f, 139.7f, "Tokyo"},
    {"ap-northeast-2", 37.6f, 127.0f, "Seoul"},
    {"ap-northeast-3", 34.7f, 135.5f, "Osaka"},
    {"ap-east-1", 22.3f, 114.2f, "Hong Kong"},
    {"cn-north-1", 39.9f, 116.4f, "Beijing"},
    {"cn-northwest-1", 37.5f, 105.2f, "Zhongwei"},
    // Microsoft Azure
    {"eastus", 37.4f, -79.8f, ""},
    {"eastus2", 36.7f, -78.4f, "Boydton"},
    {"centralus", 41.6f, -93.6f, "Des Moines"},
    {"northcentralus", 41.9f, -87.6f, "Chicago"},
    {"southcentralus", 29.4f, -98.5f, "San Antonio"},
    {"westcentralus", 40.9f, -110.2f, ""},
    {"westus", 37.8f, -122.4f, "San Francisco"},
    {"westus2", 47.2f, -119.9f, "Quincy"},
    {"westus3", 33.4f, -112.1f, "Phoenix"},
    {"canadacentral", 43.7f, -79.4f, "Toronto"},
    {"canadaeast", 46.8f, -71.2f, "Québec"},
    {"mexicocentral", 20.6f, -100.4f, "Querétaro"},
    {"brazilsouth", -23.6f, -46.6f, "São Paulo"},
    {"brazilsoutheast", -22.9f, -43.2f, "Rio de Janeiro"},
    {"chilecentral", -33.4f, -70.7f, "Santiago"},
    {"northeurope", 53.3f, -6.3f, "Dublin"},
    {"westeurope", 52.4f, 4.9f, "Amsterdam"},
    {"uksouth", 51.5f, -0.1f, "London"},
    {"ukwest", 51.5f, -3.2f, "Cardiff"},
    {"francecentral", 46.4f, 2.4f, ""},
    {"francesouth", 43.8f, 2.1f, "Albi"},
    {"germanywestcentral", 50.1f, 8.7f, "Frankfurt"},
    {"germanynorth", 53.1f, 8.8f, "Bremen"},
    {"switzerlandnorth", 47.4f, 8.5f, "Zürich"},
    {"switzerlandwest", 46.2f, 6.1f, "Geneva"},
    {"norwayeast", 59.9f, 10.8f, "Oslo"},
    {"norwaywest", 59.0f, 5.7f, "Stavanger"},
    {"swedencentral", 60.7f, 17.1f, "Gävle"},
    {"polandcentral", 52.2f, 21.0f, "Warsaw"},
    {"italynorth", 45.5f, 9.2f, "Milan"},
    {"spaincentral", 40.4f, -3.7f, "Madrid"},
    {"austriaeast", 48.2f, 16.4f, "Vienna"},
    {"israelcentral", 31.8f, 35.2f, "Jerusalem"},
    {"qatarcentral", 25.3f, 51.5f, "Doha"},
    {"uaenorth", 25.3f, 55.3f, "Dubai"},
    {"uaecentral", 24.5f, 54.4f, "Abu Dhabi"},
    {"southafricanorth", -25.7f, 28.2f, "Pretoria"},
    {"southafricawest", -34.1f, 18.8f, "Cape Town"},
    {"centralindia", 18.6f, 73.9f, "Pune"},
    {"southindia", 13.0f, 80.2f, "Chennai"},
    {"westindia", 19.1f, 72.9f, "Mumbai"},
    {"eastasia", 22.3f, 114.2f, "Hong Kong"},
    {"southeastasia", 1.35f, 103.8f, "Singapore"},
    {"japaneast", 35.7f, 139.8f, "Tokyo"},
    {"japanwest", 34.7f, 135.5f, "Osaka"},
    {"koreacentral", 37.6f, 127.0f, "Seoul"},
    {"koreasouth", 35.2f, 129.1f, "Busan"},
    {"malaysiawest", 3.1f, 101.7f, "Kuala Lumpur"},
    {"indonesiacentral", -6.2f, 106.8f, "Jakarta"},
    {"newzealandnorth", -36.8f, 174.8f, "Auckland"},
    {"australiaeast", -33.9f, 151.2f, "Sydney"},
    {"australiasoutheast", -37.8f, 145.0f, "Melbourne"},
    {"australiacentral", -35.3f, 149.1f, "Canberra"},
    {"chinaeast", 31.2f, 121.5f, "Shanghai"},
    {"chinanorth", 39.9f, 116.4f, "Beijing"},
    // Google Cloud
    {"us-central1", 41.3f, -95.9f, "Council Bluffs"},
    {"us-east1", 33.2f, -80.0f, "Moncks Corner"},
    {"us-east4", 39.0f, -77.5f, "Ashburn"},
    {"us-east5", 40.0f, -83.0f, "Columbus"},
    {"us-south1", 32.8f, -96.8f, "Dallas"},
    {"us-west1", 45.6f, -121.2f, "The Dalles"},
    {"us-west2", 34.1f, -118.2f, "Los Angeles"},
    {"us-west3", 40.8f, -111.9f, "Salt Lake City"},
    {"us-west4", 36.2f, -115.1f, "Las Vegas"},
    {"northamerica-northeast1", 45.5f, -73.6f, "Montréal"},
    {"northamerica-northeast2", 43.7f, -79.4f, "Toronto"},
    {"northamerica-south1", 20.6f, -100.4f, "Querétaro"},
    {"southamerica-east1", -23.5f, -46.6f, "São Paulo"},
    {"southamerica-west1", -33.4f, -70.7f, "Santiago"},
    {"europe-west1", 50.4f, 3.8f, "Saint-Ghislain"},
    {"europe-west2", 51.5f, -0.1f, "London"},
    {"europe-west3", 50.1f, 8.7f, "Frankfurt"},
    {"europe-west4", 53.4f, 6.8f, "Eemshaven"},
    {"europe-west6", 47.4f, 8.5f, "Zürich"},
    {"europe-west8", 45.5f, 9.2f, "Milan"},
    {"europe-west9", 48.9f, 2.4f, "Paris"},
    {"europe-west10", 52.5f, 13.4f, "Berlin"},
    {"europe-west12", 45.1f, 7.7f, "Turin"},
    {"europe-southwest1", 40.4f, -3.7f, "Madrid"},
    {"europe-north1", 60.6f, 27.2f, "Hamina"},
    {"europe-north2", 59.3f, 18.1f, "Stockholm"},
    {"europe-central2", 52.2f, 21.0f, "Warsaw"},
    {"me-west1", 32.1f, 34.8f, "Tel Aviv"},
    {"me-central1", 25.3f, 51.5f, "Doha"},
    {"me-central2", 26.4f, 50.1f, "Dammam"},
    {"africa-south1", -26.2f, 28.0f, "Johannesburg"},
    {"asia-east1", 24.1f, 120.5f, "Changhua"},
    {"asia-east2", 22.3f, 114.2f, "Hong Kong"},
    {"asia-northeast1", 35.7f, 139.7f, "Tokyo"},
    {"asia-northeast2", 34.7f, 135.5f, "Osaka"},
    {"asia-northeast3", 37.6f, 127.0f, "Seoul"},
    {"asia-south1", 19.1f, 72.9f, "Mumbai"},
    {"asia-south2", 28.6f, 77.2f, "Delhi"},
    {"asia-southeast1", 1.35f, 103.8f, "Singapore"},
    {"asia-southeast2", -6.2f, 106.8f, "Jakarta"},
    {"australia-southeast1", -33.9f, 151.2f, "Sydney"},
    {"australia-southeast2", -37.8f, 145.0f, "Melbourne"},
    // Hetzner, DigitalOcean, OVHcloud, Scaleway
    {"fsn1", 50.5f, 12.4f, "Falkenstein"},
    {"nbg1", 49.5f, 11.1f, "Nuremberg"},
    {"hel1", 60.2f, 24.9f, "Helsinki"},
    {"ash", 39.0f, -77.5f, "Ashburn"},
    {"hil", 45.5f, -123.0f, "Hillsboro"},
    {"sin", 1.35f, 103.8f, "Singapore"},
    {"nyc1", 40.7f, -74.0f, "New York"},
    {"nyc2", 40.7f, -74.0f, "New York"},
    {"nyc3", 40.7f, -74.0f, "New York"},
    {"sfo1", 37.8f, -122.4f, "San Francisco"},
    {"sfo2", 37.8f, -122.4f, "San Francisco"},
    {"sfo3", 37.8f, -122.4f, "San Francisco"},
    {"ams2", 52.4f, 4.9f, "Amsterdam"},
    {"ams3", 52.4f, 4.9f, "Amsterdam"},
    {"lon1", 51.5f, -0.1f, "London"},
    {"fra1", 50.1f, 8.7f, "Frankfurt"},
    {"tor1", 43.7f, -79.4f, "Toronto"},
    {"blr1", 13.0f, 77.6f, "Bengaluru"},
    {"sgp1", 1.35f, 103.8f, "Singapore"},
    {"syd1", -33.9f, 151.2f, "Sydney"},
    {"atl1", 33.7f, -84.4f, "Atlanta"},
    {"gra", 51.0f, 2.1f, "Gravelines"},
    {"rbx", 50.7f, 3.2f, "Roubaix"},
    {"sbg", 48.6f, 7.8f, "Strasbourg"},
    {"bhs", 45.3f, -73.9f, "Beauharnois"},
    {"waw", 52.2f, 21.0f, "Warsaw"},
    {"fr-par", 48.9f, 2.4f, "Paris"},
    {"nl-ams", 52.4f, 4.9f, "Amsterdam"},
    {"pl-waw", 52.2f, 21.0f, "Warsaw"},
};

const Region *findRegion(const QString &name)
{
    static const QHash<QString, const Region *> table = [] {
        QHash<QString, const Region *> regions;
        for (const Region &one : regionTable)
            regions.insert(QString::fromLatin1(one.name), &one);
        return regions;
    }();
    return table.value(name.toLower());
}

} // namespace

std::optional<GeoPoint> regionPlace(const QString &region,
                                    const QMap<QString, GeoPoint> &configured)
{
    if (const auto own = configured.constFind(region); own != configured.cend())
        return *own;
    const Region *const known = findRegion(region);
    if (!known)
        return std::nullopt;
    return GeoPoint{static_cast<double>(known->lat), static_cast<double>(known->lon)};
}

QString regionTown(const QString &region, const QMap<QString, GeoPoint> &configured)
{
    const Region *const known = configured.contains(region) ? nullptr : findRegion(region);
    return known ? QString::fromUtf8(known->town) : QString();
}

} // namespace Stampdeck
