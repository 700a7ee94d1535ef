namespace Drift.Delivery.Http;

/// <summary>The destination has an address that must not be connected to.</summary>
internal sealed class AddressRefusedException(string message) : Exception(message);
