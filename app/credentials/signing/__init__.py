"""What makes a certificate verify itself: keys, credential, proof, signature, status list."""
